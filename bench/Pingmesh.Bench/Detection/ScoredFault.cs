using Pingmesh.Analysis.Incidents;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Bench.Detection;

/// <summary>A fault, and what is right to say of it.</summary>
/// <param name="Group">What it is counted as.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Kinds">The kinds of incident that name it rightly.</param>
/// <param name="Culprits">The names of which the first suspect must be one.</param>
/// <param name="Scope">The scope it is in; incidents elsewhere are not of it.</param>
internal sealed record ScoredFault(string Group, TimedFault Fault, IReadOnlyList<IncidentKind> Kinds, IReadOnlyList<string> Culprits, string Scope);
