using Pingmesh.Analysis.Incidents;

namespace Pingmesh.Analysis.Localisation;

/// <summary>What an investigation came to.</summary>
/// <param name="Suspects">The likeliest first; none when no path is known.</param>
/// <param name="LogLikelihood">How much likelier the first is than chance, as natural logarithm.</param>
/// <param name="Repeats">What came of probing again.</param>
/// <param name="Reproducer">Of a black hole, how to show it.</param>
/// <param name="Flows">The flows that were looked at, with their paths.</param>
/// <param name="Unanswered">Orders that no agent carried out.</param>
/// <param name="Ordered">Orders in all.</param>
/// <param name="Problem">Why one was not, in an agent's words; null when none said.</param>
internal sealed record Findings(
    IReadOnlyList<Suspect> Suspects, double LogLikelihood, Repeats Repeats, Reproducer? Reproducer, IReadOnlyList<FlowSeen> Flows, int Unanswered, int Ordered, string? Problem = null);
