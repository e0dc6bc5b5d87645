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

    private readonly Random random;
    private readonly long tick;
    private ProbeRing[] rings = [];
    private long lastTick = long.MinValue;

    /// <summary>An empty schedule.</summary>
    /// <param name="tick">The regular time between two calls of <see cref="Due"/>.</param>
    /// <param name="random">For the order in which targets are probed.</param>
    public ProbeSchedule(TimeSpan tick, Random random)
    {
        this.tick = (long)tick.TotalNanoseconds;
        this.random = random;
    }

    /// <summary>The plan in force.</summary>
    public ProbePlan Plan { get; private set; } = ProbePlan.Empty;

    /// <summary>
    /// How many times longer than asked the intervals are, because the plan asks for more than
    /// <see cref="HardLimits.MaxProbesPerSecond"/>; 1 when it does not.
    /// </summary>
    public double Stretch { get; private set; } = 1;

    /// <summary>Most targets <see cref="Due"/> can name at once.</summary>
    public int MaxDue => (int)Math.Ceiling(HardLimits.MaxProbesPerSecond * (CatchUpTicks * tick / 1e9)) + (2 * rings.Length);

    /// <summary>Follows another plan from now on. Targets that stay keep the time of their last probe.</summary>
    public void Follow(ProbePlan plan)
    {
        var known = Plan.Targets.ToDictionary(target => (target.Key, target.Port, target.Series), target => target.LastStarted);
        foreach (var target in plan.Targets)
            target.LastStarted = known.GetValueOrDefault((target.Key, target.Port, target.Series), long.MinValue);

        var rate = plan.Groups.Sum(group => group.Targets.Count / group.Interval.TotalSeconds);
        Stretch = Math.Max(1, rate / HardLimits.MaxProbesPerSecond);
        var first = 0;
        var next = new List<ProbeRing>(plan.Groups.Count);
        foreach (var group in plan.Groups)
        {
            next.Add(new ProbeRing(group, first, Stretch, random));
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
        foreach (var ring in rings) count += ring.Take(now, elapsed, to[count..]);

        // The first packets of a burst meet a cold CPU: it must not always be the same peers that pay for it.
        random.Shuffle(to[..count]);
        return count;
    }
}
