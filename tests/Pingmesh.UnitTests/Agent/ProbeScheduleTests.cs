using FsCheck.Fluent;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core;
using Pingmesh.UnitTests.Core;
using static Pingmesh.UnitTests.Agent.Pinglists;
using static Pingmesh.UnitTests.Agent.ScheduleRun;

namespace Pingmesh.UnitTests.Agent;

public class ProbeScheduleTests
{
    [Fact]
    public void Schedule_without_a_plan_or_with_an_empty_one_names_nothing()
    {
        var run = new ScheduleRun(1);
        run.Run(2 * Second);
        run.Follow(ProbePlan.Empty);
        run.Run(2 * Second);
        run.Follow(Plan(Group(50)));
        run.Run(2 * Second);
        Assert.NotEmpty(run.Starts);
        run.Follow(ProbePlan.Empty);
        var before = run.PerTick.Sum();
        run.Run(20 * Second);
        Assert.Equal(before, run.PerTick.Sum());
    }

    // That no target is probed sooner than its interval is asserted by ScheduleRun at every single start.
    [Fact]
    public void Target_is_never_probed_sooner_than_its_interval_whatever_jitter_stalls_and_plan_changes_do() =>
        Property.Holds(
            Property.Randoms,
            random =>
            {
                var run = new ScheduleRun(random.Next()) { Jitter = random.Next(1, 400) * Millisecond };
                for (var step = 0; step < 12; step++)
                {
                    switch (random.Next(3))
                    {
                        case 0:
                            run.Stall(random.NextInt64(9 * Second));
                            break;
                        case 1:
                            run.Follow(RandomPlan(random, step));
                            break;
                        default:
                            run.Run(random.NextInt64(15 * Second));
                            break;
                    }
                }
            },
            times: 60);

    [Fact]
    public void Hard_limit_holds_for_peers_that_go_and_return_or_change_class_or_port()
    {
        var run = new ScheduleRun(3) { ShortestGapAllowed = 10 * Second };
        for (var i = 0; i < 30; i++)
        {
            run.Follow(Plan(Group(40, 10 + (i % 3 * 10), probeClass: i % 2 == 0 ? "intra-dc" : "inter-dc", port: 58_100 + (i % 4))));
            run.Run(4 * Second);
            run.Follow(i % 5 == 0 ? Plan(Group(40, first: 1_000)) : ProbePlan.Empty);
            run.Run(1 * Second);
        }

        // And they are probed nonetheless.
        Assert.InRange(run.Starts.Count, 41, 80);
        Assert.All(run.Starts.OrderBy(start => start.Key).Take(40).Select(start => start.Value), starts => Assert.InRange(starts.Count, 4, 15));
    }

    [Theory]
    [InlineData(2_500)]
    [InlineData(130)]
    [InlineData(3)]
    public void Probes_are_spread_evenly_at_the_start_after_a_stall_and_after_a_change_of_plan(int peers)
    {
        var run = new ScheduleRun(4);
        run.Follow(Plan(Group(peers)));
        run.Run(15 * Second);
        run.Stall(7 * Second);
        run.Run(15 * Second);
        run.Follow(Plan(Group(peers - 1, 20, first: 1)));
        run.Run(25 * Second);
        run.Follow(Plan(Group(peers, 10)));
        run.Run(15 * Second);

        // Twice the even share, the rounding up of a share, and what one tick waited for.
        var share = peers / 100.0;
        Assert.InRange(run.PerTick.Max(), 1, (3 * share) + 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(60)]
    public void Every_target_is_probed_once_an_interval_in_the_long_run(int jitterMilliseconds)
    {
        var run = new ScheduleRun(5) { Jitter = jitterMilliseconds * Millisecond };
        run.Follow(Plan(Group(1_000), Group(100, 30, 5_000), Group(1, 60, 9_000)));
        const int Seconds = 3_000;
        run.Run(Seconds * Second);
        Assert.Equal(1_101, run.Starts.Count);
        foreach (var (key, starts) in run.Starts)
        {
            var interval = starts.Count > 250 ? 10.0 : starts.Count > 80 ? 30 : 60;
            var mean = (starts[^1] - starts[0]) / 1e9 / (starts.Count - 1);
            Assert.True(mean <= interval * 1.01, $"{key}: mean interval {mean:F3} s, asked for {interval} s");
        }
    }

    [Fact]
    public void Change_of_plan_leaves_no_kept_target_unprobed_for_much_longer_than_its_interval()
    {
        var run = new ScheduleRun(6);
        run.Follow(Plan(Group(500)));
        run.Run(23 * Second);
        for (var i = 0; i < 8; i++)
        {
            run.Follow(Plan(Group(500 + i + 1)));
            run.Run(7_300 * Millisecond);
        }

        var longest = run.Starts.Values.Where(starts => starts.Count > 1).Max(starts => starts.Zip(starts.Skip(1), (a, b) => b - a).Max());
        Assert.InRange(longest / 1e9, 10, 11);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Ceiling_holds_in_every_second_and_the_stretch_says_so(int jitterMilliseconds)
    {
        // ScheduleRun asserts the ceiling over every second, also across stalls.
        var run = new ScheduleRun(7) { Jitter = jitterMilliseconds * Millisecond };
        run.Follow(Plan(Group(9_000, 10)));
        Assert.Equal(1, run.Schedule.Stretch);
        run.Follow(Plan(Group(5_000, 10), Group(5_000, 10, 20_000, dscp: 46)));
        Assert.Equal(1, run.Schedule.Stretch);
        run.Run(20 * Second);
        run.Stall(7 * Second);
        run.Run(20 * Second);
        Assert.InRange(run.MostInASecond, 950, HardLimits.MaxProbesPerSecond);
        Assert.InRange(run.PerTick.Sum() / 40.0, 930, HardLimits.MaxProbesPerSecond);
    }

    [Fact]
    public void Stretch_is_how_far_the_plan_is_beyond_the_ceiling()
    {
        // No pinglist gets there, since peers and intervals are bounded too; the ceiling stands by itself.
        Assert.Equal(HardLimits.MaxProbesPerSecond, HardLimits.MaxPeers / HardLimits.MinProbeInterval.TotalSeconds);
        var targets = Plan(Group(10_000)).Targets;
        Assert.Equal(2, ProbeSchedule.StretchOf([new PlannedGroup(TimeSpan.FromSeconds(5), targets)], 1_000));
        Assert.Equal(1, ProbeSchedule.StretchOf([new PlannedGroup(TimeSpan.FromSeconds(20), targets)], 1_000));
        var ring = new ProbeRing(new PlannedGroup(TimeSpan.FromSeconds(5), targets), 0, 2, new Random(8), new CycleCounters());
        var taken = 0;
        var room = new int[1_000];
        for (var now = Tick; now <= 10 * Second; now += Tick) taken += ring.Take(now, Tick, room);
        Assert.InRange(taken, 9_900, 10_000);
    }

    private static ProbePlan RandomPlan(Random random, int step)
    {
        // Two groups of peers stay, each time with other intervals; the others are new ones each time.
        var interval = random.Next(10, 40);
        return Plan(
            Group(150, interval),
            Group(random.Next(1, 200), interval, 1_000 * (step + 1)),
            Group(10, interval + random.Next(20), 500, "intra-pod"));
    }
}
