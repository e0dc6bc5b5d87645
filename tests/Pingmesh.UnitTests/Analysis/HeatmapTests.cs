using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;

namespace Pingmesh.UnitTests.Analysis;

public class HeatmapTests
{
    private const long Start = CollectorRig.Start;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0, 0, null, CellState.NoData)]
    [InlineData(10, 0, 0, null, CellState.Unreachable)]
    [InlineData(10, 10, 0, 3.999e6, CellState.Green)]
    [InlineData(10, 10, 0, 4e6, CellState.Yellow)]
    [InlineData(10, 10, 0, 5e6, CellState.Yellow)]
    [InlineData(10, 10, 0, 5.001e6, CellState.Red)]
    [InlineData(10, 5, 0, 1e6, CellState.Green)]
    [InlineData(100, 100, 1, 1e6, CellState.Green)]
    [InlineData(3, 3, 2, 1e6, CellState.Red)]
    [InlineData(100, 100, 3, 1e6, CellState.Red)]
    [InlineData(100_000, 100_000, 110, 1e6, CellState.Green)]
    [InlineData(100_000, 100_000, 140, 1e6, CellState.Red)]
    [InlineData(2, 2, 2, null, CellState.Red)]
    public void Cell_has_the_state_of_its_figures(long probes, long successes, long drops, double? p99, CellState state) =>
        Assert.Equal(state, new HeatmapThresholds().StateOf(probes, successes, drops, p99));

    [Theory]
    [InlineData(0, 10, 0.5, 1)]
    [InlineData(11, 10, 0.5, 0)]
    [InlineData(1, 1, 1e-3, 1e-3)]
    [InlineData(1, 100, 1e-3, 0.09520785288629)]
    [InlineData(2, 3, 1e-3, 2.998e-6)]
    [InlineData(10, 20, 0.5, 0.58809852600098)]
    [InlineData(140, 100_000, 1e-3, 9.089438062815e-5)]
    [InlineData(90, 100_000, 1e-3, 0.8537778207552)]
    public void Tail_is_that_of_the_binomial_distribution(long k, long n, double p, double expected)
    {
        var actual = BinomialTail.AtLeast(k, n, p);
        Assert.True(Math.Abs(actual - expected) <= expected * 1e-9, $"{actual} for {expected}");
    }

    [Fact]
    public void Tally_has_the_figures_of_the_merged_measurements()
    {
        var rtts = Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(1, int.MaxValue)));
        var tally = new CellTally();
        Prop.ForAll(rtts.ToArbitrary(), parts =>
        {
            tally.Clear();
            var merged = new Measurement();
            foreach (var part in parts)
            {
                var measurement = new Measurement();
                foreach (var rtt in part) measurement.AddRtt(rtt);
                measurement.AddDrops(part.Length, 1);
                tally.Add(measurement);
                merged.Merge(measurement);
            }

            Assert.Equal((merged.Probes, merged.Failures, merged.Drops), (tally.Probes, tally.Failures, tally.Drops));
            foreach (var quantile in new[] { 0, 0.01, 0.5, 0.99, 1 }) Assert.Equal(merged.Quantile(quantile), tally.Quantile(quantile));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Map_is_the_same_from_live_windows_memory_and_store()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        var probes = TestMesh.RandomProbes(new Random(3), Start, 20, 500);
        await rig.AcceptAsync(probes.GroupBy(probe => probe.Source).Select(host => TestMesh.Batch(1, host)));
        var live = await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(new TimeRange(Start, Start + 20)), Cancellation);
        var minute = new TimeRange(Start, Start + 60);
        var memory = await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(minute), Cancellation);
        await rig.Collector.FlushAsync(Cancellation);
        var stored = await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(minute), Cancellation);

        Assert.Equal((true, false, false), (live.IsLive, memory.IsLive, stored.IsLive));
        Assert.Equal(TestMesh.Topology.Pods.Select(pod => pod.Path), live.Scopes);
        var pods = probes.GroupBy(probe => (TestMesh.Topology.FindHost(probe.Source)!.Pod.Ordinal, TestMesh.Topology.FindHost(probe.Target)!.Pod.Ordinal));
        Assert.Equal(pods.Select(pair => pair.Key).Order(), live.Sources.Zip(live.Targets));
        Assert.Equal(pods.OrderBy(pair => pair.Key).Select(pair => TestMesh.Sum(pair).Quantile(0.99)!.Value / 1_000), live.P99Microseconds);
        foreach (var other in new[] { memory, stored })
        {
            Assert.Equal(live.Sources, other.Sources);
            Assert.Equal(live.Targets, other.Targets);
            Assert.Equal(live.Probes, other.Probes);
            Assert.Equal(live.Failures, other.Failures);
            Assert.Equal(live.Drops, other.Drops);
            Assert.Equal(live.P50Microseconds, other.P50Microseconds);
            Assert.Equal(live.P99Microseconds, other.P99Microseconds);
            Assert.Equal(live.States, other.States);
        }
    }

    [Fact]
    public async Task Cell_is_unreachable_at_once_when_its_newest_full_window_has_no_success()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        await rig.AcceptAsync(TestMesh.Batch(1, TestMesh.Probe(1, 3, Start, TestMesh.Good(9))), TestMesh.Batch(1, TestMesh.Probe(2, 4, Start, TestMesh.Good(9))));
        await rig.AcceptAsync(TestMesh.Batch(2, TestMesh.Probe(1, 3, Start + 10, TestMesh.Failed())));
        Assert.Equal([CellState.Green], (await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(), Cancellation)).States);
        await rig.AcceptAsync(TestMesh.Batch(2, TestMesh.Probe(2, 4, Start + 10, TestMesh.Failed())));
        var map = await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(), Cancellation);
        Assert.Equal([CellState.Unreachable], map.States);
        Assert.Equal([4L], map.Probes);
    }

    [Fact]
    public async Task Pods_that_left_the_topology_have_no_cells()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(
            TestMesh.Batch(1, TestMesh.Probe(16, 1, Start - 5, TestMesh.Good(100))), TestMesh.Batch(1, TestMesh.Probe(1, 2, Start - 5, TestMesh.Good(100))));
        rig.Topology = TestMesh.Build(1, 2, 2, 2);
        foreach (var range in new TimeRange?[] { null, new TimeRange(Start - 600, Start) })
        {
            var map = await rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(range), Cancellation);
            Assert.Equal((rig.Topology.Version, 4), (map.TopologyVersion, map.Scopes.Count));
            Assert.Equal([(0, 0)], map.Sources.Zip(map.Targets));
        }
    }
}
