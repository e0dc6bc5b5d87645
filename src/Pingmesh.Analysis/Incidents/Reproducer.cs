namespace Pingmesh.Analysis.Incidents;

/// <summary>How a black hole is shown to the switch's vendor.</summary>
/// <param name="Host">The host to run it at.</param>
/// <param name="Fails">A command line that fails each time.</param>
/// <param name="Passes">One that differs as little as can be, and passes.</param>
public sealed record Reproducer(string Host, string Fails, string Passes);
