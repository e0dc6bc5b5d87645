using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Observe;

/// <summary>
/// What an agent's probes of one series told: a histogram since the start, and the last minute for percentiles and
/// drop rate (the paper's two performance counters, section 3.5). Not thread-safe.
/// </summary>
internal sealed class SeriesResults
{
    /// <summary>Upper bounds of the histogram's buckets, seconds; one more bucket holds the rest.</summary>
    public static readonly double[] Bounds =
        [50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 100e-3, 200e-3, 500e-3, 1, 2, 5];

    private const int Slots = 6;
    private const long SlotNanoseconds = 10_000_000_000;

    private readonly long[] buckets = new long[Bounds.Length + 1];
    private readonly Measurement[] recent = [.. Enumerable.Range(0, Slots).Select(_ => new Measurement())];
    private long slot;

    /// <summary>RTTs in all buckets.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of all RTTs, seconds.</summary>
    public double Sum { get; private set; }

    /// <summary>Adds an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="now">Monotonic nanoseconds.</param>
    public void Add(in ProbeOutcome outcome, long now)
    {
        Turn(now);
        recent[slot % Slots].Add(outcome);
        if (!outcome.Succeeded || outcome.Dropped) return;
        var seconds = outcome.RttNanoseconds / 1e9;
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket]) bucket++;
        buckets[bucket]++;
        Count++;
        Sum += seconds;
    }

    /// <summary>RTTs of at most <see cref="Bounds"/>[<paramref name="bound"/>].</summary>
    public long CountUpTo(int bound) => buckets.AsSpan(0, bound + 1).ToArray().Sum();

    /// <summary>The last minute: the window under way and the five before it.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    public Measurement LastMinute(long now)
    {
        Turn(now);
        var all = new Measurement();
        foreach (var one in recent) all.Merge(one);
        return all;
    }

    private void Turn(long now)
    {
        var wanted = now / SlotNanoseconds;
        if (wanted - slot >= Slots) slot = wanted - Slots;
        while (slot < wanted)
        {
            slot++;
            if (recent[slot % Slots].Probes > 0) recent[slot % Slots] = new Measurement();
        }
    }
}
