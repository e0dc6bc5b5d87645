using Pingmesh.Agent;
using Pingmesh.Agent.SelfWatch;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Agent;

public sealed class SelfWatchTests
{
    private const long Millisecond = 1_000_000;

    private readonly VirtualTime time = new();
    private KernelCounters kernel;
    private long tick;

    [Theory]
    [InlineData("late", HostNoise.Stalled)]
    [InlineData("loopback", HostNoise.LoopbackSlow)]
    [InlineData("loopback lost", HostNoise.LoopbackSlow)]
    [InlineData("queue", HostNoise.ListenQueueDrops)]
    [InlineData("steal", HostNoise.CpuSteal)]
    [InlineData("budget", HostNoise.OverBudget)]
    [InlineData("syn", HostNoise.SynRetransmissions)]
    [InlineData("own syn", HostNoise.None)]
    [InlineData("calm", HostNoise.None)]
    public void Window_in_which_the_host_was_the_problem_is_marked_and_no_other(string trouble, HostNoise noise)
    {
        var watch = new HostWatch(new ClockSteps(time), () => kernel);
        Run(watch, 200);
        Assert.Empty(watch.TakeMarks());
        var late = trouble == "late" ? 150 * Millisecond : 0;
        switch (trouble)
        {
            case "loopback":
                watch.OnLoopback(Outcome(ProbeError.None, 5 * Millisecond));
                break;
            case "loopback lost":
                watch.OnLoopback(Outcome(ProbeError.Timeout, 0));
                break;
            case "queue":
                kernel = kernel with { ListenDrops = 1 };
                break;
            case "steal":
                kernel = kernel with { StealTicks = 60, AllTicks = 1_000 };
                break;
            case "budget":
                watch.OnOverBudget();
                break;
            case "syn" or "own syn":
                kernel = kernel with { SynRetransmissions = 80 };
                if (trouble == "own syn") watch.OnOwnRetransmissions(70);
                break;
        }

        Run(watch, 1, late);
        Run(watch, 300);
        var marks = watch.TakeMarks();
        if (noise == HostNoise.None)
        {
            Assert.Empty(marks);
            return;
        }

        var mark = Assert.Single(marks);
        Assert.Equal(noise, mark.Noise);
        Assert.Equal(0, mark.StartUnixSeconds % 10);
        if (late > 0) Assert.Equal(late / 1_000, mark.WorstStallMicroseconds);
        Assert.Empty(watch.TakeMarks());
    }

    [Fact]
    public void Step_of_the_clock_is_found_and_slewing_is_none()
    {
        // 400 ppm of slewing: 40 us every 100 ms.
        var slewing = new SteppingTime();
        var clock = new ClockSteps(slewing);
        for (var i = 0; i < 100; i++)
        {
            slewing.Go(TimeSpan.FromMilliseconds(100), TimeSpan.FromMicroseconds(40));
            clock.Read(out var stepped);
            Assert.False(stepped);
        }

        foreach (var step in new[] { 3_600.0, -0.02 })
        {
            slewing.Go(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(step));
            clock.Read(out var stepped);
            Assert.True(stepped);
            slewing.Go(TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
            clock.Read(out stepped);
            Assert.False(stepped);
        }
    }

    [Fact]
    public void Kernel_counters_are_found_by_name_and_this_kernels_make_sense()
    {
        var counters = KernelCounters.Parse(
            "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPSynRetrans\nTcpExt: 1 22 333 4444\nIpExt: InNoRoutes\nIpExt: 5\n",
            "cpu  100 20 30 800 5 6 7 32 9 9\ncpu0 1 2\n");
        Assert.Equal(new KernelCounters(333, 22, 4_444, 32, 1_000), counters);
        Assert.Equal(0.2, (counters with { StealTicks = 52, AllTicks = 1_100 }).StealShareSince(counters), 3);
        Assert.Equal(default, KernelCounters.Parse("", ""));
        Assert.True(KernelCounters.Read().AllTicks > 0);
    }

    [Fact]
    public void Probing_is_suspended_over_budget_and_resumes_once_calm()
    {
        var use = new ProcessUse(TimeSpan.Zero, 50 << 20);
        var budget = new BudgetWatch(() => use, time);
        var limits = new AgentLimits { CpuBudget = 0.1, MemoryBudget = 100 << 20 };
        Seconds(120, 0.05);
        Assert.Null(budget.Reason);
        Seconds(40, 0.5);
        Assert.Contains("% of a core", budget.Reason, StringComparison.Ordinal);
        Seconds(100, 0.01);
        Assert.Null(budget.Reason);
        use = use with { ResidentBytes = 101 << 20 };
        Seconds(1, 0.01);
        Assert.Contains("101 MB of memory; its budget is 100 MB", budget.Reason, StringComparison.Ordinal);

        // A little below is not yet calm, nor are a few seconds.
        use = use with { ResidentBytes = 95 << 20 };
        Seconds(60, 0.01);
        Assert.NotNull(budget.Reason);
        use = use with { ResidentBytes = 80 << 20 };
        Seconds(5, 0.01);
        Assert.NotNull(budget.Reason);
        Seconds(10, 0.01);
        Assert.Null(budget.Reason);
        Assert.Equal(2, budget.Suspensions);

        void Seconds(int count, double cpu)
        {
            for (var i = 0; i < count; i++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                use = use with { CpuTime = use.CpuTime + TimeSpan.FromSeconds(cpu) };
                budget.Check(limits);
            }
        }
    }

    [Fact]
    public void Start_of_the_process_does_not_count_as_its_load()
    {
        var use = new ProcessUse(TimeSpan.FromSeconds(3), 1);
        var budget = new BudgetWatch(() => use, time);
        for (var i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            use = use with { CpuTime = use.CpuTime + TimeSpan.FromSeconds(0.3) };
            budget.Check(AgentLimits.Default);
        }

        Assert.Null(budget.Reason);
    }

    private static ProbeOutcome Outcome(ProbeError error, long rtt) => new()
    {
        Target = 0, StartedUnixMicroseconds = 0, SourcePort = 0, Error = error, Retransmissions = 0, RttNanoseconds = rtt,
    };

    private void Run(HostWatch watch, int ticks, long late = 0)
    {
        for (var i = 0; i < ticks; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            tick += 100 * Millisecond;
            watch.OnTick(tick, tick + late);
        }
    }

    /// <summary>A clock whose wall time can go otherwise than its monotonic time.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private DateTimeOffset wall = DateTimeOffset.UnixEpoch.AddDays(20_000);
        private long monotonic;

        public override long TimestampFrequency => 1_000_000_000;

        public override DateTimeOffset GetUtcNow() => wall;

        public override long GetTimestamp() => monotonic;

        public void Go(TimeSpan time, TimeSpan more)
        {
            monotonic += (long)time.TotalNanoseconds;
            wall += time + more;
        }
    }
}
