using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.AgentCli.Ping;

/// <summary>What the probes of one target have told so far.</summary>
internal sealed class TargetTally(Target target)
{
    private readonly Measurement measurement = new();
    private readonly SortedDictionary<ProbeError, long> failures = [];
    private readonly Dictionary<string, (long Count, long Sum)> phases = [];
    private readonly List<string> phaseOrder = [];
    private double mean;
    private double squares;
    private long forwardMin = long.MaxValue;
    private long forwardMax = long.MinValue;
    private long returnMin = long.MaxValue;
    private long returnMax = long.MinValue;

    public Target Target { get; } = target;

    public long Sent { get; set; }

    public long Duplicates { get; set; }

    public long Reordered { get; private set; }

    public long Ended => measurement.Probes;

    public long Received => measurement.Successes;

    public long Drops => measurement.Drops;

    public IReadOnlyDictionary<ProbeError, long> Failures => failures;

    /// <summary>What the last probe learned besides times.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; private set; } = [];

    /// <summary>Nanoseconds; null without RTTs.</summary>
    public double? Min => Any ? measurement.RttMin : null;

    public double? Max => Any ? measurement.RttMax : null;

    public double? Average => Any ? (double)measurement.RttSum / measurement.Rtts.Count : null;

    /// <summary>Standard deviation of the RTTs, nanoseconds; null with fewer than two.</summary>
    public double? Deviation => measurement.Rtts.Count > 1 ? Math.Sqrt(squares / (measurement.Rtts.Count - 1)) : null;

    /// <summary>By how much the one-way delay there varied, nanoseconds; null where it is not known.</summary>
    public long? ForwardVariation => forwardMax >= forwardMin ? forwardMax - forwardMin : null;

    /// <summary>By how much the one-way delay back varied, nanoseconds; null where it is not known.</summary>
    public long? ReturnVariation => returnMax >= returnMin ? returnMax - returnMin : null;

    private bool Any => measurement.Rtts.Count > 0;

    public double? Quantile(double quantile) => measurement.Quantile(quantile);

    /// <summary>Average of each phase, nanoseconds, in the order of the phases.</summary>
    public IEnumerable<(string Name, double Nanoseconds)> Phases() => phaseOrder.Select(name => (name, (double)phases[name].Sum / phases[name].Count));

    public void Add(in ProbeOutcome outcome, in ProbeDetail detail)
    {
        Add(outcome);
        if (detail.Reordered) Reordered++;
        if (detail.ConnectNanoseconds > 0) AddPhase("connect", detail.ConnectNanoseconds);
        if (detail.ForwardNanoseconds == 0 && detail.ReturnNanoseconds == 0) return;
        forwardMin = Math.Min(forwardMin, detail.ForwardNanoseconds);
        forwardMax = Math.Max(forwardMax, detail.ForwardNanoseconds);
        returnMin = Math.Min(returnMin, detail.ReturnNanoseconds);
        returnMax = Math.Max(returnMax, detail.ReturnNanoseconds);
    }

    public void Add(in ProbeOutcome outcome, IReadOnlyList<Probing.ProbePhase> took, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        Add(outcome);
        foreach (var phase in took) AddPhase(phase.Name, phase.Nanoseconds);
        if (facts.Count > 0) Facts = facts;
    }

    private void Add(in ProbeOutcome outcome)
    {
        measurement.Add(outcome);
        if (!outcome.Succeeded)
        {
            failures[outcome.Error] = failures.GetValueOrDefault(outcome.Error) + 1;
            return;
        }

        if (outcome.Dropped) return;

        // Welford's recurrence: no cancellation, however many RTTs there are.
        var delta = outcome.RttNanoseconds - mean;
        mean += delta / measurement.Rtts.Count;
        squares += delta * (outcome.RttNanoseconds - mean);
    }

    private void AddPhase(string name, long nanoseconds)
    {
        if (!phases.TryGetValue(name, out var phase)) phaseOrder.Add(name);
        phases[name] = (phase.Count + 1, phase.Sum + nanoseconds);
    }
}
