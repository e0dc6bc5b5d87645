using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>From uploads to figures: whatever happens on the way, the figures are those of the probes merged directly.</summary>
public class WholeWayTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Hour = new(Start - 3_600, Start + 3_600);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Figures_are_those_of_all_probes_when_batches_are_split_shuffled_sent_twice_flushed_and_killed()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(new Random(seed)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5));
    }

    [Fact]
    public async Task Figures_are_the_same_to_the_digit_when_the_collector_was_killed_before_its_flush()
    {
        var probes = TestMesh.RandomProbes(new Random(5), Start - 900, 900, 2_000);
        await using var twin = await CollectorRig.StartAsync();
        await using var killed = await CollectorRig.StartAsync();
        var half = Batches(probes).ToList();
        foreach (var rig in new[] { twin, killed })
        {
            await rig.AcceptAsync(half.Take(half.Count / 2));
            await rig.Collector.FlushAsync(Cancellation);
            await rig.AcceptAsync(half.Skip(half.Count / 2));
        }

        await killed.RestartAsync(cleanly: false);
        Assert.Equal(half.Count - (half.Count / 2), killed.Collector.Counts().Replayed);
        await CompareAsync(twin, killed);
        await killed.RestartAsync(cleanly: true);
        Assert.Equal(0, killed.Collector.Counts().Replayed);
        await CompareAsync(twin, killed);
    }

    private static async Task RunAsync(Random random)
    {
        var probes = TestMesh.RandomProbes(random, Start - 1_500, 1_500, 500);
        await using var rig = await CollectorRig.StartAsync();
        var batches = Batches(probes).ToArray();
        var sent = batches.Concat(batches.Where(_ => random.Next(3) == 0)).ToArray();
        random.Shuffle(sent);
        foreach (var group in sent.Chunk(random.Next(1, 30)))
        {
            var results = await Task.WhenAll(group.Select(rig.SendAsync));
            Assert.All(results, result => Assert.True(result.Status is IngestStatus.Accepted or IngestStatus.Duplicate, result.ToString()));
            switch (random.Next(8))
            {
                case 0: await rig.Collector.FlushAsync(); break;
                case 1: await rig.RestartAsync(cleanly: false); break;
                case 2: await rig.RestartAsync(cleanly: true); break;
                case 3: await rig.Collector.Upkeep.KeepAsync(CancellationToken.None); break;
                default: break;
            }
        }

        await CheckAsync(rig, probes);
    }

    private static async Task CheckAsync(CollectorRig rig, List<TestProbe> probes)
    {
        var topology = rig.Topology;
        Host Source(TestProbe probe) => topology.FindHost(probe.Source)!;
        Host Target(TestProbe probe) => topology.FindHost(probe.Target)!;

        Figures.Equal(TestMesh.Sum(probes), await rig.SlaAsync(SlaLevel.All, "all", Hour));
        foreach (var one in probes.GroupBy(Source))
            Figures.Equal(TestMesh.Sum(one), await rig.SlaAsync(SlaLevel.Host, one.Key.Name, Hour));
        foreach (var one in probes.GroupBy(probe => Target(probe).Pod))
            Figures.Equal(TestMesh.Sum(one), await rig.SlaAsync(SlaLevel.Pod, one.Key.Path, Hour, SlaSide.Target));
        foreach (var one in probes.GroupBy(probe => Source(probe).Pod.Podset.Dc))
            Figures.Equal(TestMesh.Sum(one), await rig.SlaAsync(SlaLevel.Dc, one.Key.Name, Hour));

        var pairs = (await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.PodPair, Hour))).Scopes;
        var expected = probes.GroupBy(probe => (Source(probe).Pod.Path, Target(probe).Pod.Path)).ToDictionary(pair => pair.Key, TestMesh.Sum);
        Assert.Equal(expected.Count, pairs.Count);
        Assert.All(pairs, pair => Figures.Equal(expected[(pair.Scope, pair.Target!)], pair));

        await CheckPairsAsync(SlaLevel.PodsetPair, host => host.Pod.Podset.Path);
        await CheckPairsAsync(SlaLevel.DcPair, host => host.Pod.Podset.Dc.Name);

        async Task CheckPairsAsync(SlaLevel level, Func<Host, string> scope)
        {
            var wanted = probes.GroupBy(probe => (scope(Source(probe)), scope(Target(probe)))).ToDictionary(pair => pair.Key, TestMesh.Sum);
            var found = (await rig.Collector.Slas.ReadAsync(new SlaQuery(level, Hour))).Scopes;
            Assert.Equal(wanted.Count, found.Count);
            Assert.All(found, pair => Figures.Equal(wanted[(pair.Scope, pair.Target!)], pair));
            var (source, _) = wanted.Keys.First();
            var ofSource = (await rig.Collector.Slas.ReadAsync(new SlaQuery(level, Hour, Scope: source))).Scopes;
            Assert.Equal(wanted.Keys.Count(pair => pair.Item1 == source), ofSource.Count);
        }

        var hostPair = probes.GroupBy(probe => (Source: Source(probe).Name, Target: Target(probe).Name)).ToList();
        var counts = await rig.Collector.HostPairs.CountAsync(Hour);
        Assert.Equal((hostPair.Count, expected.Count), (counts.HostPairs, counts.PodPairs));
        foreach (var one in hostPair.Take(10))
            Figures.Equal(TestMesh.Sum(one), (await rig.Collector.HostPairs.ReadAsync(one.Key.Source, one.Key.Target, Hour)).Figures);

        var evidence = await rig.Collector.Evidence.ReadAsync(Hour, 10_000);
        var bad = probes.Where(probe => !probe.Outcome.Succeeded || probe.Outcome.Dropped).ToList();
        Assert.Equal(bad.Count, evidence.Count);
    }

    private static async Task CompareAsync(CollectorRig expected, CollectorRig actual)
    {
        foreach (var level in Enum.GetValues<SlaLevel>())
        {
            foreach (var side in Enum.GetValues<SlaSide>())
            {
                var query = new SlaQuery(level, Hour, side);
                Figures.Equal(await expected.Collector.Slas.ReadAsync(query), await actual.Collector.Slas.ReadAsync(query));
            }
        }
    }

    // Batches of one host and a minute each.
    private static IEnumerable<MeasurementBatch> Batches(List<TestProbe> probes) =>
        probes.GroupBy(probe => probe.Source).SelectMany(host => host.GroupBy(probe => probe.At / 60)
            .Select((minute, i) => TestMesh.Batch((ulong)i + 1, minute)));
}
