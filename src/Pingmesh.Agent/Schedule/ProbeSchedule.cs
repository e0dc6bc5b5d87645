using Pingmesh.Core;

namespace Pingmesh.Agent.Schedule;

/// <summary>
/// Says at each tick which targets of the plan are to be probed. Probes are spread evenly over the interval; no
/// start, stall or change of plan makes a burst. Used by one thread.
/// </summary>
public sealed class ProbeSchedule
{
    // A tick that came late may ask for this many ticks' probes at once, no more.
    private const int CatchUpTicks = 2;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly long MinInterval = (long)HardLimits.MinProbeInterval.TotalNanoseconds;

    // When the last probes were started, as many as may be within a second: a ring over the oldest.
    private readonly long[] starts = new long[HardLimits.MaxProbesPerSecond];
    private readonly Dictionary<TargetIdentity, long> lastStarts = [];
    private readonly Random random;
    private readonly long tick;
    private ProbeRing[] rings = [];
    private int oldestStart;
    private long lastTick = long.MinValue;

    /// <summary>An empty schedule.</summary>
    /// <param name="tick">The regular time between two calls of <see cref="Due"/>.</param>
    /// <param name="random">For the order in which targets are probed.</param>
    public ProbeSchedule(TimeSpan tick, Random random)
    {
        this.tick = (long)tick.TotalNanoseconds;
        this.random = random;
        starts.AsSpan().Fill(long.MinValue);
    }

    /// <summary>The plan in force.</summary>
    public ProbePlan Plan { get; private set; } = ProbePlan.Empty;

    /// <summary>
    /// How many times longer than asked the intervals are, because the plan asks for more than
    /// <see cref="HardLimits.MaxProbesPerSecond"/>; 1 when it does not.
    /// </summary>
    public double Stretch { get; private set; } = 1;

    /// <summary>The rounds over the plan's groups.</summary>
    public CycleCounters Cycles { get; } = new();

    /// <summary>Most targets <see cref="Due"/> can name at once.</summary>
    public int MaxDue => (int)Math.Ceiling(HardLimits.MaxProbesPerSecond * (CatchUpTicks * tick / 1e9)) + (2 * rings.Length);

    /// <summary>
    /// Follows another plan from now on. Targets that stay keep the time of their last probe; so do those that were
    /// away for less than the shortest interval, as when the pinglist is lost and found again.
    /// </summary>
    public void Follow(ProbePlan plan)
    {
        Remember();
        foreach (var target in plan.Targets)
            target.LastStarted = lastStarts.GetValueOrDefault(target.Identity, long.MinValue);

        Stretch = StretchOf(plan.Groups, plan.Limits.MaxProbesPerSecond);
        var first = 0;
        var next = new List<ProbeRing>(plan.Groups.Count);
        foreach (var group in plan.Groups)
        {
            next.Add(new ProbeRing(group, first, Stretch, random, Cycles));
            first += group.Targets.Count;
        }

        rings = [.. next];
        Plan = plan;
    }

    /// <summary>Numbers, within <see cref="ProbePlan.Targets"/>, of the targets to probe now, in an order of chance.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="to">Room for <see cref="MaxDue"/> numbers.</param>
    /// <returns>How many were written.</returns>
    public int Due(long now, Span<int> to)
    {
        var elapsed = lastTick == long.MinValue ? tick : Math.Clamp(now - lastTick, 0, CatchUpTicks * tick);
        lastTick = now;
        var count = 0;
        to = to[..Math.Min(to.Length, Room(now))];
        foreach (var ring in rings) count += ring.Take(now, elapsed, to[count..]);
        for (var i = 0; i < count; i++)
        {
            starts[oldestStart] = now;
            oldestStart = (oldestStart + 1) % starts.Length;
        }

        // The first packets of a burst meet a cold CPU: it must not always be the same peers that pay for it.
        random.Shuffle(to[..count]);
        return count;
    }

    internal static double StretchOf(IReadOnlyList<PlannedGroup> groups, int maxProbesPerSecond) =>
        Math.Max(1, groups.Sum(group => group.Targets.Count / group.Interval.TotalSeconds) / maxProbesPerSecond);

    /// <summary>How many probes may start now, such that no second holds more than the ceiling.</summary>
    private int Room(long now)
    {
        var most = Math.Min(MaxDue, starts.Length);
        var room = 0;
        var mostInASecond = Math.Clamp(Plan.Limits.MaxProbesPerSecond, 1, starts.Length);
        var spare = starts.Length - mostInASecond;
        while (room < most && room < mostInASecond)
        {
            // The last as many starts as may be within a second are what counts; those before them are passed over.
            var start = starts[(oldestStart + spare + room) % starts.Length];
            if (start != long.MinValue && now - start < NanosecondsPerSecond) break;
            room++;
        }

        return room;
    }

    private void Remember()
    {
        // What is older restrains nothing any more, unless it is on the plan that is left now.
        foreach (var (target, started) in lastStarts)
        {
            if (lastTick - started >= MinInterval) lastStarts.Remove(target);
        }

        foreach (var target in Plan.Targets)
        {
            if (target.LastStarted != long.MinValue) lastStarts[target.Identity] = target.LastStarted;
        }
    }
}
