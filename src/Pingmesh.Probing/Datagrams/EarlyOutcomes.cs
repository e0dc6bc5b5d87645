using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Datagrams;

/// <summary>Outcomes that were known before anybody polled. Used by one thread.</summary>
internal sealed class EarlyOutcomes : IOutcomeSink
{
    private readonly List<(ProbeOutcome Outcome, ProbeDetail Detail)> outcomes = [];
    private readonly List<int> duplicated = [];

    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => outcomes.Add((outcome, detail));

    public void Duplicated(int target) => duplicated.Add(target);

    public void Report(IOutcomeSink sink)
    {
        foreach (var (outcome, detail) in outcomes) sink.Completed(outcome, detail);
        foreach (var target in duplicated) sink.Duplicated(target);
        Clear();
    }

    public void Clear()
    {
        outcomes.Clear();
        duplicated.Clear();
    }
}
