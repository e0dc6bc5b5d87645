using System.Net;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

public class QueryTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Hour = new(Start - 3_600, Start + 3_600);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Range_is_widened_to_minutes_and_the_answer_says_so()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(TestMesh.Batch(
            1, TestMesh.Probe(1, 3, Start - 61, TestMesh.Good(1)), TestMesh.Probe(1, 3, Start - 1, TestMesh.Good(1)), TestMesh.Probe(1, 3, Start + 60, TestMesh.Good(1))));
        var result = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, new TimeRange(Start - 30, Start + 31)), Cancellation);
        Assert.Equal(new TimeRange(Start - 60, Start + 60), result.Covered);
        Assert.False(result.IsLive);
        Assert.Equal(1, result.Scopes[0].Probes);
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, new TimeRange(5, 5)), Cancellation));
    }

    [Fact]
    public async Task Short_range_comes_from_live_windows_as_long_as_these_are_kept()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(100));
        await rig.AcceptAsync(TestMesh.Batch(1, Enumerable.Range(0, 90).Select(i => TestMesh.Probe(1, 3, Start + i, TestMesh.Good(1)))));
        var query = new SlaQuery(SlaLevel.All, new TimeRange(Start + 22, Start + 48));
        var live = await rig.Collector.Slas.ReadAsync(query, Cancellation);
        Assert.Equal((new TimeRange(Start + 20, Start + 50), true, 30L), (live.Covered, live.IsLive, live.Scopes[0].Probes));

        rig.Time.Advance(TimeSpan.FromMinutes(6));
        await rig.AcceptAsync(TestMesh.Batch(2, TestMesh.Probe(1, 3, Start + 450, TestMesh.Good(1))));
        var stored = await rig.Collector.Slas.ReadAsync(query, Cancellation);
        Assert.Equal((new TimeRange(Start, Start + 60), false, 60L), (stored.Covered, stored.IsLive, stored.Scopes[0].Probes));
    }

    [Fact]
    public async Task Live_view_is_the_newest_window_with_data_and_the_one_before_and_empties_when_nothing_comes()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(45));
        await rig.AcceptAsync(TestMesh.Batch(1, Enumerable.Range(0, 30).Select(i => TestMesh.Probe(1, 3, Start + i, TestMesh.Good(1)))));
        var live = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All), Cancellation);
        Assert.Equal((new TimeRange(Start + 10, Start + 30), true, 20L), (live.Covered, live.IsLive, live.Scopes[0].Probes));

        rig.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, (await rig.SlaAsync(SlaLevel.All, "all", null)).Probes);
    }

    [Fact]
    public async Task Live_view_is_not_moved_by_an_agent_whose_clock_is_ahead()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(
            TestMesh.Batch(1, TestMesh.Probe(1, 3, Start - 5, TestMesh.Good(1))),
            TestMesh.Batch(1, TestMesh.Probe(2, 3, Start + 300, TestMesh.Good(1))));
        Assert.Equal(1, (await rig.SlaAsync(SlaLevel.All, "all", null)).Probes);
    }

    [Fact]
    public async Task Live_windows_stay_within_their_cells()
    {
        await using var rig = await CollectorRig.StartAsync(new CollectorOptions { LiveCells = 20 });
        rig.Time.Advance(TimeSpan.FromSeconds(200));
        for (var i = 0; i < 20; i++)
            await rig.AcceptAsync(TestMesh.Batch((ulong)i + 1, TestMesh.Probe(1, 3, Start + (10 * i), TestMesh.Good(1))));
        Assert.InRange(rig.Collector.Counts().LiveCells, 1, 20);
        var result = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, new TimeRange(Start, Start + 50)), Cancellation);
        Assert.Equal((false, 6L), (result.IsLive, result.Scopes[0].Probes));
    }

    [Fact]
    public async Task Scopes_come_in_the_topologys_order_with_those_that_have_no_data_and_those_that_are_gone()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(TestMesh.Batch(1, TestMesh.Probe(16, 1, Start - 5, TestMesh.Good(100))));
        rig.Topology = TestMesh.Build(1, 2, 2, 2);
        var result = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Podset, Hour), Cancellation);
        Assert.Equal([("dc1/ps1", 0L), ("dc1/ps2", 0L), ("dc2/ps2", 1L)], result.Scopes.Select(scope => (scope.Scope, scope.Probes)));
        Assert.Null(result.Scopes[0].DropRate);
        Assert.Null(result.Scopes[0].P99Microseconds);
        var one = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Podset, Hour, Scope: "dc1/ps2"), Cancellation);
        Assert.Equal("dc1/ps2", Assert.Single(one.Scopes).Scope);
    }

    [Fact]
    public async Task Classes_add_up_to_the_whole()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(TestMesh.Batch(
            1, TestMesh.Probe(1, 2, Start - 5, TestMesh.Good(100)), TestMesh.Probe(1, 3, Start - 5, TestMesh.Dropped()), TestMesh.Probe(1, 16, Start - 5, TestMesh.Failed())));
        var result = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All), Cancellation);
        Assert.Equal(["all", "intra-pod", "intra-dc", "inter-dc"], result.Scopes.Select(scope => scope.Scope));
        Assert.Equal([3L, 1, 1, 1], result.Scopes.Select(scope => scope.Probes));
        Assert.Equal([1L, 0, 0, 1], result.Scopes.Select(scope => scope.Failures));
        Assert.Equal([0.5, 0.0, 1.0, null], result.Scopes.Select(scope => scope.DropRate));
        Assert.Equal(1, result.Scopes[3].FailuresByError[ProbeError.Timeout]);
    }

    [Fact]
    public async Task Probe_to_or_from_outside_the_topology_counts_for_its_host_pair_only()
    {
        await using var rig = await CollectorRig.StartAsync();
        var outside = IPAddress.Parse("192.0.2.1");
        await rig.AcceptAsync(
            TestMesh.Batch(1, new TestProbe("h1", outside, Start - 5, TestMesh.Good(100)), TestMesh.Probe(1, 3, Start - 5, TestMesh.Good(100))),
            TestMesh.Batch(1, new TestProbe("stranger", TestMesh.Address(3), Start - 5, TestMesh.Failed())));
        Assert.Equal(1, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        Assert.Equal(1, (await rig.Collector.HostPairs.ReadAsync("h1", "192.0.2.1", Hour, Cancellation)).Figures.Probes);
        Assert.Equal(1, (await rig.Collector.HostPairs.ReadAsync("stranger", "h3", Hour, Cancellation)).Figures.Failures);
        Assert.Equal(0, (await rig.Collector.HostPairs.ReadAsync("h1", "no such host", Hour, Cancellation)).Figures.Probes);
        Assert.Equal((1L, 1L), (rig.Collector.Counts().FromUnknownHosts, rig.Collector.Counts().ToUnknownPeers));
        var evidence = Assert.Single(await rig.Collector.Evidence.ReadAsync(Hour, 10, source: "stranger", cancellationToken: Cancellation));
        Assert.Equal(("stranger", "h3", ProbeError.Timeout), (evidence.Source, evidence.Target, evidence.Record.Error));
    }

    [Fact]
    public async Task Peer_is_found_by_any_of_its_addresses()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(TestMesh.Batch(
            1, new TestProbe("h1", IPAddress.Parse("2001:db8::3"), Start - 5, TestMesh.Good(100)), TestMesh.Probe(1, 3, Start - 5, TestMesh.Good(100))));
        Assert.Equal(2, (await rig.Collector.HostPairs.ReadAsync("h1", "h3", Hour, Cancellation)).Figures.Probes);
    }

    [Fact]
    public async Task Names_from_outside_the_topology_stay_within_their_number()
    {
        await using var rig = await CollectorRig.StartAsync(new CollectorOptions { UnknownNames = 5 }, Topology.Empty);
        await rig.AcceptAsync(TestMesh.Batch(1, Enumerable.Range(1, 50).Select(i => new TestProbe("h1", TestMesh.Address(i), Start - 5, TestMesh.Good(1)))));
        Assert.InRange((await rig.Store.ReadNamesAsync(0, Cancellation)).Count, 2, 7);
        var counts = await rig.Collector.HostPairs.CountAsync(Hour, Cancellation);
        Assert.InRange(counts.HostPairs, 2, 6);
        Assert.InRange((await rig.Collector.HostPairs.ReadAsync("h1", "other", Hour, Cancellation)).Figures.Probes, 44, 49);
    }

    [Fact]
    public async Task Upkeep_forgets_what_is_older_than_retention_level_by_level()
    {
        var hour = TimeSpan.FromHours(1);
        await using var rig = await CollectorRig.StartAsync(new CollectorOptions { Retention = new Retention { Minute = hour, Evidence = hour } });
        await rig.AcceptAsync(TestMesh.Batch(1, TestMesh.Probe(1, 3, Start - 5, TestMesh.Failed())));
        await rig.Collector.FlushAsync(Cancellation);
        foreach (var (later, covered, probes) in new[] { (TimeSpan.FromHours(2), 3_600, 1L), (TimeSpan.FromDays(100), 86_400, 1), (TimeSpan.FromDays(740), 86_400, 0) })
        {
            await rig.RestartAsync(cleanly: true, DateTimeOffset.FromUnixTimeSeconds(Start) + later - rig.Time.GetUtcNow());
            await rig.Collector.Upkeep.KeepAsync(Cancellation);
            var result = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, new TimeRange(Start - 60, Start)), Cancellation);
            Assert.Equal((covered, probes), (result.Covered.Seconds, result.Scopes[0].Probes));
            Assert.Empty(await rig.Collector.Evidence.ReadAsync(Hour, 10, cancellationToken: Cancellation));
        }
    }
}
