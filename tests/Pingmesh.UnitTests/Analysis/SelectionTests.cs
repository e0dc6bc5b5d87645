using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Rankings;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

public sealed class SelectionTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Range = new(Start, Start + 1_200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("dc1/ps1/pod1/h1")]
    [InlineData("dc1,class=far")]
    [InlineData("dc1,kind=smoke")]
    [InlineData("dc1,qos=64")]
    [InlineData("dc1,side=left")]
    [InlineData("dc1->dc2,side=source")]
    [InlineData("dc1,colour=red")]
    public void Text_that_is_no_selection_is_refused(string text) => Assert.Throws<FormatException>(() => Selection.Parse(text));

    [Fact]
    public void Selection_says_subject_series_and_side()
    {
        Assert.Equal(
            new Selection("service:a,class=inter-dc,qos=46,side=target", new Subject(SubjectKind.Service, "a"), null, SlaSide.Target, new SeriesFilter(null, ProbeClass.InterDc, 46)),
            Selection.Parse("service:a,class=inter-dc,qos=46,side=target"));
        Assert.Equal(new Subject(SubjectKind.Scope, "h2"), Selection.Parse("all -> h2").Target);
        Assert.Equal(["h1", "h2"], Selection.Parse("h1+h2").Source.HostNames);
    }

    [Fact]
    public async Task Every_selection_finds_exactly_its_probes()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1_200));
        rig.ServiceRules = [new ServiceRule("web", host => host.Name is "h1" or "h9")];
        var probes = TestMesh.RandomProbes(new Random(9), Start, 1_200, 4_000);
        await rig.AcceptAsync(probes.GroupBy(probe => probe.Source).Select(host => TestMesh.Batch(1, host)));
        await CheckAsync();
        await rig.Collector.FlushAsync(Cancellation);
        await CheckAsync();

        async Task CheckAsync()
        {
            await IsAsync("all", _ => true);
            await IsAsync("dc1", probe => DcOf(probe.Source) == "dc1");
            await IsAsync("dc1,side=target", probe => DcOf(TargetOf(probe)) == "dc1");
            await IsAsync("dc1/ps1/pod1,class=intra-pod", probe => probe.Source is "h1" or "h2" && probe.Class == ProbeClass.IntraPod);
            await IsAsync("h3", probe => probe.Source == "h3");
            await IsAsync("h3+h4,side=target", probe => TargetOf(probe) is "h3" or "h4");
            await IsAsync("service:web", probe => probe.Source is "h1" or "h9");
            await IsAsync("dc1->dc2", probe => DcOf(probe.Source) == "dc1" && DcOf(TargetOf(probe)) == "dc2");
            await IsAsync("h3->h9", probe => probe.Source == "h3" && TargetOf(probe) == "h9");
            await IsAsync("service:web->dc2", probe => probe.Source is "h1" or "h9" && DcOf(TargetOf(probe)) == "dc2");
            await IsAsync("all->h9", probe => TargetOf(probe) == "h9");
        }

        async Task IsAsync(string text, Func<TestProbe, bool> holds)
        {
            var result = (await rig.Collector.Latencies.ReadAsync([Selection.Parse(text)], Range, 600, Cancellation))[0];
            var expected = TestMesh.Sum(probes.Where(holds));
            Figures.Equal(expected, result.Figures.Sla);
            Assert.Equal(expected.Probes, result.Series.Sum(step => step.Value.Probes));
            Assert.Equal(expected.RttMax / 1_000.0, result.Figures.MaxMicroseconds);
            Assert.Equal(1, result.Figures.Cdf[^1].Share);
            Assert.True(result.Figures.Cdf.Zip(result.Figures.Cdf.Skip(1)).All(pair => pair.First.Microseconds < pair.Second.Microseconds));
        }
    }

    [Fact]
    public async Task Sla_of_services_and_of_each_series_adds_up()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1_200));
        rig.ServiceRules = [new ServiceRule("both", host => host.Name is "h1" or "h2"), new ServiceRule("one", host => host.Name == "h1"), new ServiceRule("empty", _ => false)];
        var probes = TestMesh.RandomProbes(new Random(2), Start, 1_200, 2_000);
        await rig.AcceptAsync(probes.GroupBy(probe => probe.Source).Select(host => TestMesh.Batch(1, host)));
        var services = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Service, Range), Cancellation);
        Assert.Equal(["both", "empty", "one"], services.Scopes.Select(scope => scope.Scope));
        Figures.Equal(TestMesh.Sum(probes.Where(probe => probe.Source is "h1" or "h2")), services.Scopes[0]);
        Assert.Equal(0, services.Scopes[1].Probes);
        var bySeries = await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Pod, Range, BySeries: true), Cancellation);
        foreach (var one in bySeries.Scopes)
            Figures.Equal(TestMesh.Sum(probes.Where(probe => PodOf(probe.Source) == one.Scope && probe.Class == one.Series!.Value.Class)), one with { Series = null });
    }

    [Fact]
    public async Task Worst_are_those_whose_probes_prove_it()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1_200));
        await rig.AcceptAsync(
            TestMesh.Batch(1, Enumerable.Range(0, 3).Select(i => TestMesh.Probe(1, 5, Start + i, i == 0 ? TestMesh.Dropped() : TestMesh.Good(100)))),
            TestMesh.Batch(1, Enumerable.Range(0, 500).Select(i => TestMesh.Probe(2, 5, Start + i, i % 10 == 0 ? TestMesh.Dropped() : TestMesh.Good(900)))),
            TestMesh.Batch(1, Enumerable.Range(0, 500).Select(i => TestMesh.Probe(3, 5, Start + i, TestMesh.Good(100)))));
        var drops = await rig.Collector.Worst.ReadAsync(RankedLevel.HostPair, RankedBy.DropRate, Range, 10, cancellationToken: Cancellation);
        Assert.Equal(3, drops.Of);
        Assert.Equal(["h2", "h1"], drops.Worst.Select(one => one.Scope));
        var slow = await rig.Collector.Worst.ReadAsync(RankedLevel.Host, RankedBy.P99, Range, 1, cancellationToken: Cancellation);
        Assert.Equal("h2", Assert.Single(slow.Worst).Scope);
    }

    [Fact]
    public async Task Step_that_does_not_go_with_the_windows_is_refused()
    {
        await using var rig = await CollectorRig.StartAsync();
        await Assert.ThrowsAsync<QueryException>(() => rig.Collector.Latencies.ReadAsync([Selection.Parse("all")], Range, 90, Cancellation));
        await Assert.ThrowsAsync<QueryException>(() => rig.Collector.Latencies.ReadAsync([Selection.Parse("h1->h2")], Range, 60, Cancellation));
        await Assert.ThrowsAsync<QueryException>(() => rig.Collector.Latencies.ReadAsync([Selection.Parse("all")], new TimeRange(0, 1_000_000_000), 86_400, Cancellation));

        // Of ten days ago only hours are kept: minutes would be empty, and look like silence.
        var old = new TimeRange(Start - (10 * 86_400), Start - (10 * 86_400) + 3_600);
        await Assert.ThrowsAsync<QueryException>(() => rig.Collector.Latencies.ReadAsync([Selection.Parse("all")], old, 60, Cancellation));
        Assert.Equal(3_600, (await rig.Collector.Latencies.ReadAsync([Selection.Parse("all")], old, 0, Cancellation))[0].StepSeconds);
    }

    private static string TargetOf(TestProbe probe) => TestMesh.Topology.FindHost(probe.Target)!.Name;

    private static string DcOf(string host) => TestMesh.Topology.FindHost(host)!.Pod.Podset.Dc.Name;

    private static string PodOf(string host) => TestMesh.Topology.FindHost(host)!.Pod.Path;
}
