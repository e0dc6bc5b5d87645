namespace Pingmesh.Analysis.Incidents;

/// <summary>Whom an incident concerns.</summary>
/// <param name="HostPairs">Host pairs with symptoms.</param>
/// <param name="Hosts">Hosts at either end of them.</param>
/// <param name="Pods">Their pods.</param>
/// <param name="Services">Services with hosts among them, by name.</param>
public sealed record BlastRadius(int HostPairs, int Hosts, int Pods, IReadOnlyList<string> Services);
