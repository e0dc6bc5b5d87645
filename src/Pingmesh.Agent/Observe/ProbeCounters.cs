using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>Running totals of an agent's probes. Written by the reactor's thread, read by any.</summary>
public sealed class ProbeCounters
{
    private static readonly int Classes = Enum.GetValues<ProbeClass>().Length + 1;
    private static readonly int Errors = Enum.GetValues<ProbeError>().Length;

    private readonly long[] probes = new long[Classes];
    private readonly long[] drops = new long[Classes];
    private readonly long[] failures = new long[Classes * Errors];

    /// <summary>Answers that came after that of a later probe of the same target.</summary>
    public long Reordered { get; private set; }

    /// <summary>Probes of a five-tuple that had failed; none of them is counted otherwise.</summary>
    public long Confirmations { get; private set; }

    /// <summary>Those of them that failed again.</summary>
    public long ConfirmedFailures { get; private set; }

    /// <summary>Those of them that could not be made, since the source port was in use.</summary>
    public long ConfirmationsUnavailable { get; private set; }

    /// <summary>Probes of a class.</summary>
    public long Probes(ProbeClass probeClass) => Volatile.Read(ref probes[(int)probeClass]);

    /// <summary>Dropped probes of a class.</summary>
    public long Drops(ProbeClass probeClass) => Volatile.Read(ref drops[(int)probeClass]);

    /// <summary>Failed probes of a class, by error.</summary>
    public long Failures(ProbeClass probeClass, ProbeError error) => Volatile.Read(ref failures[((int)probeClass * Errors) + (int)error]);

    internal void CountConfirmation(in ProbeOutcome outcome)
    {
        Confirmations++;
        if (outcome.Error == ProbeError.LocalResources) ConfirmationsUnavailable++;
        else if (!outcome.Succeeded) ConfirmedFailures++;
    }

    internal void Count(SeriesKey series, in ProbeOutcome outcome, in ProbeDetail detail)
    {
        if (detail.Reordered) Reordered++;
        probes[(int)series.Class]++;
        if (outcome.Dropped) drops[(int)series.Class]++;
        if (!outcome.Succeeded) failures[((int)series.Class * Errors) + (int)outcome.Error]++;
    }
}
