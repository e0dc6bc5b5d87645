namespace Pingmesh.Analysis.Incidents;

/// <summary>An entry of an incident's timeline.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who: a user's name, or <c>pingmesh</c>.</param>
/// <param name="Text">What.</param>
public sealed record IncidentNote(DateTimeOffset At, string By, string Text);

/// <summary>That somebody looks after an incident.</summary>
/// <param name="By">Who.</param>
/// <param name="At">Since when.</param>
public sealed record Acknowledgement(string By, DateTimeOffset At);
