using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Detection;

/// <summary>The probes of one host pair in one window.</summary>
internal struct PairTally
{
    // Later than this is slow: the paper's limit of P99 (4.3).
    public const long SlowNanoseconds = 5_000_000;

    // What a packet takes between data centers is not the network's fault.
    public const long SlowBetweenDcsNanoseconds = 100_000_000;

    // A segment that was lost is sent again after 200 ms at the earliest (tcp(7)). What a payload is late by less, the process that echoes it may be late by:
    // its host is busy.
    private const long SlowPayloadNanoseconds = 150_000_000;
    private const long SlowPayloadBetweenDcsNanoseconds = 250_000_000;

    public int Probes;

    /// <summary>Probes that got no answer.</summary>
    public int Failed;

    /// <summary>Probes that were answered after a retransmission.</summary>
    public int Dropped;

    /// <summary>Probes that were answered late.</summary>
    public int Slow;

    /// <summary>The tally of a measurement.</summary>
    public static PairTally Of(Measurement measurement, Span span, bool isPayload)
    {
        var limit = SlowLimit(span, isPayload);
        return new PairTally
        {
            Probes = (int)Math.Min(int.MaxValue, measurement.Probes),
            Failed = (int)Math.Min(int.MaxValue, measurement.Failures == 0 ? 0 : NetworkFailures(measurement)),
            Dropped = (int)Math.Min(int.MaxValue, measurement.Drops),
            Slow = measurement.RttMax < limit ? 0 : (int)Math.Min(int.MaxValue, measurement.Rtts.CountAbove(limit)),
        };
    }

    /// <summary>What is slow for probes that climb so high, nanoseconds.</summary>
    public static long SlowLimit(Span span, bool isPayload) =>
        isPayload ? span == Span.Dcs ? SlowPayloadBetweenDcsNanoseconds : SlowPayloadNanoseconds : span == Span.Dcs ? SlowBetweenDcsNanoseconds : SlowNanoseconds;

    /// <summary>Whether a probe that failed so may have lost packets on its way: what a host says of itself is not the network's.</summary>
    public static bool IsNetworkFailure(ProbeError error) => error is
        ProbeError.Timeout or ProbeError.AnswerTimeout or ProbeError.HostUnreachable or ProbeError.NetworkUnreachable or ProbeError.TtlExceeded or ProbeError.TooLarge;

    /// <summary>Probes in trouble.</summary>
    public readonly int Bad(Signal signal) => signal == Signal.Loss ? Failed + Dropped : Slow;

    public void Add(in PairTally other)
    {
        Probes += other.Probes;
        Failed += other.Failed;
        Dropped += other.Dropped;
        Slow += other.Slow;
    }

    private static long NetworkFailures(Measurement measurement) =>
        measurement.FailuresOf(ProbeError.Timeout) + measurement.FailuresOf(ProbeError.AnswerTimeout) + measurement.FailuresOf(ProbeError.HostUnreachable)
        + measurement.FailuresOf(ProbeError.NetworkUnreachable) + measurement.FailuresOf(ProbeError.TtlExceeded) + measurement.FailuresOf(ProbeError.TooLarge);
}
