using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;

namespace Pingmesh.Core.Measurements;

/// <summary>
/// What is known of a set of probes: counts, RTTs and their sketch. Everything in it is a sum, a minimum, a maximum or
/// a sketch, so that measurements merge in any order and grouping to the same result. Not thread-safe.
/// </summary>
public sealed class Measurement
{
    private static readonly int Errors = Enum.GetValues<ProbeError>().Length;

    private long[]? failuresByError;

    /// <summary>All probes.</summary>
    public long Probes { get; private set; }

    /// <summary>Probes that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>Successful probes that needed exactly one SYN retransmission.</summary>
    public long DroppedOnce { get; private set; }

    /// <summary>Successful probes that needed two SYN retransmissions or more.</summary>
    public long DroppedMore { get; private set; }

    /// <summary>Sum of RTTs, nanoseconds.</summary>
    public long RttSum { get; private set; }

    /// <summary>Smallest RTT, nanoseconds; 0 without RTTs.</summary>
    public long RttMin { get; private set; }

    /// <summary>Largest RTT, nanoseconds; 0 without RTTs.</summary>
    public long RttMax { get; private set; }

    /// <summary>The RTTs of the probes that succeeded without retransmission.</summary>
    public Sketch Rtts { get; private set; } = new();

    /// <summary>Probes that succeeded.</summary>
    public long Successes => Probes - Failures;

    /// <summary>Successful probes that needed retransmissions; each counts once (paper, section 4.2).</summary>
    public long Drops => DroppedOnce + DroppedMore;

    /// <summary><see cref="Drops"/> / <see cref="Successes"/>, 0 to 1; null without successes.</summary>
    public double? DropRate => Successes == 0 ? null : (double)Drops / Successes;

    /// <summary>How many probes failed with <paramref name="error"/>.</summary>
    public long FailuresOf(ProbeError error) => failuresByError?[(int)error] ?? 0;

    /// <summary>
    /// The RTT, nanoseconds, that a share of <paramref name="quantile"/> (0 to 1) of the probes did not exceed; from
    /// the sketch, and never outside the smallest and largest RTT. Null without RTTs.
    /// </summary>
    public double? Quantile(double quantile) =>
        Rtts.Quantile(quantile) is { } value ? Math.Clamp(value, RttMin, RttMax) : null;

    /// <summary>Adds one probe.</summary>
    public void Add(in ProbeOutcome outcome)
    {
        if (!outcome.Succeeded) AddFailures(outcome.Error, 1);
        else if (outcome.Retransmissions == 1) AddDrops(1, 0);
        else if (outcome.Retransmissions > 1) AddDrops(0, 1);
        else AddRtt(outcome.RttNanoseconds);
    }

    /// <summary>Adds one successful probe without retransmission.</summary>
    public void AddRtt(long nanoseconds)
    {
        Rtts.Record(nanoseconds);
        RttMin = Rtts.Count == 1 ? nanoseconds : Math.Min(RttMin, nanoseconds);
        RttMax = Math.Max(RttMax, nanoseconds);
        RttSum = checked(RttSum + nanoseconds);
        Probes++;
    }

    /// <summary>Adds failed probes.</summary>
    public void AddFailures(ProbeError error, long count)
    {
        if (count == 0) return;
        (failuresByError ??= new long[Errors])[(int)error] += count;
        Failures = checked(Failures + count);
        Probes = checked(Probes + count);
    }

    /// <summary>Adds successful probes that needed one, and more than one, retransmission.</summary>
    public void AddDrops(long once, long more)
    {
        Probes = checked(Probes + once + more);
        DroppedOnce += once;
        DroppedMore += more;
    }

    /// <summary>Adds many RTTs at once: their sum, minimum and maximum in nanoseconds, and their sketch, which may become this one's own.</summary>
    public void AddRtts(long sum, long min, long max, Sketch rtts, bool mayKeep = false)
    {
        if (rtts.Count == 0) return;
        RttMin = Rtts.Count == 0 ? min : Math.Min(RttMin, min);
        RttMax = Math.Max(RttMax, max);
        RttSum = checked(RttSum + sum);
        Probes = checked(Probes + rtts.Count);
        if (Rtts.Count == 0 && mayKeep) Rtts = rtts;
        else Rtts.Merge(rtts);
    }

    /// <summary>Adds all of <paramref name="other"/>.</summary>
    public void Merge(Measurement other)
    {
        if (other.failuresByError is { } failures)
        {
            for (var error = 0; error < failures.Length; error++) AddFailures((ProbeError)error, failures[error]);
        }

        AddDrops(other.DroppedOnce, other.DroppedMore);
        AddRtts(other.RttSum, other.RttMin, other.RttMax, other.Rtts);
    }
}
