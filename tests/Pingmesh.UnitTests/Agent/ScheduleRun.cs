using Pingmesh.Agent.Schedule;
using Pingmesh.Core;

namespace Pingmesh.UnitTests.Agent;

/// <summary>
/// Drives a schedule through simulated ticks as the reactor would: due every 100 ms, each a little late, and keeps what
/// was started when. Checks at every tick what must hold always.
/// </summary>
internal sealed class ScheduleRun
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000 * Millisecond;
    public const long Tick = 100 * Millisecond;

    private readonly Random random;
    private readonly int[] room;
    private readonly Queue<long> lastSecond = new();
    private long due = 5 * Second;

    public ScheduleRun(int seed, int roomFor = 20_000)
    {
        random = new Random(seed);
        Schedule = new ProbeSchedule(TimeSpan.FromMilliseconds(100), random);
        room = new int[roomFor];
    }

    public ProbeSchedule Schedule { get; }

    /// <summary>Most lateness of a tick, nanoseconds.</summary>
    public long Jitter { get; init; } = 30 * Millisecond;

    public long Now { get; private set; } = 5 * Second;

    /// <summary>All starts: address key and time.</summary>
    public Dictionary<UInt128, List<long>> Starts { get; } = [];

    /// <summary>Probes of each tick.</summary>
    public List<int> PerTick { get; } = [];

    /// <summary>Most probes within one second.</summary>
    public int MostInASecond { get; private set; }

    public void Follow(ProbePlan plan) => Schedule.Follow(plan);

    public void Stall(long nanoseconds)
    {
        // The reactor goes on at the next due time after the stall, in step with its ticks.
        due += nanoseconds;
        due += Tick - (due % Tick);
    }

    public void Run(long nanoseconds)
    {
        for (var end = due + nanoseconds; due < end; due += Tick) OneTick();
    }

    private void OneTick()
    {
        Now = due + (long)(random.NextDouble() * Jitter);
        var count = Schedule.Due(Now, room);
        Assert.InRange(count, 0, Schedule.MaxDue);
        PerTick.Add(count);
        for (var i = 0; i < count; i++)
        {
            var target = Schedule.Plan.Targets[room[i]];
            lastSecond.Enqueue(Now);
            if (!Starts.TryGetValue(target.Key, out var starts)) Starts[target.Key] = starts = [];
            var interval = Schedule.Plan.Groups.Single(group => group.Targets.Contains(target)).Interval.TotalNanoseconds;
            if (starts.Count > 0 && Now - starts[^1] < Math.Min(interval, ShortestGapAllowed))
                Assert.Fail($"probed after {(Now - starts[^1]) / 1e9:F3} s, interval {interval / 1e9} s");
            starts.Add(Now);
        }

        while (lastSecond.TryPeek(out var oldest) && Now - oldest >= Second) lastSecond.Dequeue();
        MostInASecond = Math.Max(MostInASecond, lastSecond.Count);
        Assert.InRange(lastSecond.Count, 0, HardLimits.MaxProbesPerSecond);
    }

    /// <summary>For runs in which peers go and return: only the hard limit holds between two pinglists.</summary>
    public double ShortestGapAllowed { get; init; } = double.MaxValue;
}
