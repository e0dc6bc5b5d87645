namespace Pingmesh.Analysis.Incidents;

/// <summary>Somebody suspected.</summary>
/// <param name="Kind"><c>switch</c>, <c>link</c>, <c>host</c>, <c>pod</c>, <c>podset</c> or <c>dc</c>.</param>
/// <param name="Name">Name of the switch, link (<c>a~b</c>), host or scope; the address of a hop where switches have no names.</param>
/// <param name="Score">Share of the likelihood of all suspects, 0 to 1.</param>
/// <param name="Bad">Flows in trouble that go through it, of those whose path is known.</param>
/// <param name="BadOf">Flows in trouble whose path is known.</param>
/// <param name="Good">Flows without trouble that go through it, of those whose path is known.</param>
/// <param name="GoodOf">Flows without trouble whose path is known.</param>
public sealed record Suspect(string Kind, string Name, double Score, double Bad, int BadOf, double Good, int GoodOf);
