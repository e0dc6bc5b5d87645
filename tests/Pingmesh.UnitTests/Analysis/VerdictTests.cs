using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Verdicts;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>An hour of a sound mesh, then ten minutes of trouble.</summary>
public sealed class VerdictTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange During = new(Start + 3_600, Start + 4_200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_not_the_network_when_nothing_changed()
    {
        await using var rig = await MeshAsync((_, _, random) => Usual(random));
        var verdict = await VerdictAsync(rig, "dc1/ps1");
        Assert.Equal(VerdictAnswer.NotTheNetwork, verdict.Answer);
        Assert.Equal(new TimeRange(Start, Start + 3_600), verdict.Comparison.Before);
        Assert.Equal(During, verdict.Comparison.During);
        Assert.Equal(["dc1/ps2/pod1", "dc1/ps2/pod2"], verdict.Comparison.ControlPods);
        Assert.Null(verdict.Pairs);
        Assert.InRange(verdict.Comparison.From.LossInterval.High, 1e-4, 1e-2);
    }

    [Fact]
    public async Task There_is_not_enough_data_when_few_probes_leave_a_loss_open()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(4_200));
        await rig.AcceptAsync(TestMesh.Batch(1, Enumerable.Range(0, 30).Select(i => TestMesh.Probe(1, 2 + (i % 15), Start + 3_700 + i, TestMesh.Good(200)))));
        var verdict = await VerdictAsync(rig, "h1");
        Assert.Equal(VerdictAnswer.NotEnoughData, verdict.Answer);
        Assert.Contains("30 probes leave open a loss of up to 12 %", verdict.Words[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_a_host_when_all_that_is_bad_has_that_host_at_an_end()
    {
        await using var rig = await MeshAsync((source, target, random) => (source == 3 || target == 3) && random.Next(4) == 0 ? TestMesh.Dropped() : Usual(random));
        foreach (var scope in new[] { "dc1/ps1", "h3", "h1->h3", "service:web" })
        {
            var verdict = await VerdictAsync(rig, scope);
            Assert.Equal((scope, VerdictAnswer.Host), (scope, verdict.Answer));
            Assert.Equal(["h3"], verdict.Suspects.Select(suspect => suspect.Host));
            Assert.Contains("h3", verdict.Words[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_is_a_host_when_it_is_down()
    {
        await using var rig = await MeshAsync((source, target, random) => source == 3 ? null : target == 3 ? TestMesh.Failed() : Usual(random));
        Assert.Equal(["h3"], (await VerdictAsync(rig, "dc1")).Suspects.Select(suspect => suspect.Host));
    }

    [Fact]
    public async Task It_is_the_network_when_paths_between_pods_lose_packets()
    {
        // Between the podsets of dc1: h1 to h4 and h5 to h8.
        await using var rig = await MeshAsync((source, target, random) =>
            source <= 8 && target <= 8 && (source <= 4) != (target <= 4) && random.Next(20) == 0 ? TestMesh.Dropped() : Usual(random));
        foreach (var scope in new[] { "dc1/ps1", "dc1/ps1->dc1/ps2", "service:web", "h1+h2+h3" })
        {
            var verdict = await VerdictAsync(rig, scope);
            Assert.Equal((scope, VerdictAnswer.Network), (scope, verdict.Answer));
            Assert.True(verdict.Comparison.From.LossBroken);
        }

        Assert.Equal(VerdictAnswer.NotTheNetwork, (await VerdictAsync(rig, "dc2")).Answer);
        Assert.False((await VerdictAsync(rig, "dc2")).Comparison.IsBad);
    }

    [Fact]
    public async Task It_is_the_network_when_latency_rises_though_no_threshold_is_broken()
    {
        await using var rig = await MeshAsync((source, target, random) => (source <= 4) != (target <= 4) ? TestMesh.Good(2_500 + random.Next(500)) : Usual(random));
        var verdict = await VerdictAsync(rig, "dc1/ps1");
        Assert.Equal(VerdictAnswer.Network, verdict.Answer);
        Assert.Equal((true, false, false), (verdict.Comparison.From.LatencyRose, verdict.Comparison.From.LatencyBroken, verdict.Comparison.From.LossRose));
        Assert.False(verdict.Comparison.IsControlBad);
    }

    [Fact]
    public async Task Change_that_hit_the_control_group_as_well_is_told_from_one_that_did_not()
    {
        await using var all = await MeshAsync((_, _, random) => random.Next(20) == 0 ? TestMesh.Dropped() : Usual(random));
        var everywhere = await all.Collector.Comparisons.ReadAsync(Selection.Parse("dc1/ps1"), During, null, new TroubleLimits(), Cancellation);
        Assert.Equal((true, true), (everywhere.IsWorse, everywhere.ControlBecameAsBad));
        await using var one = await MeshAsync((source, _, random) => source <= 4 && random.Next(20) == 0 ? TestMesh.Dropped() : Usual(random));
        var here = await one.Collector.Comparisons.ReadAsync(Selection.Parse("dc1/ps1"), During, null, new TroubleLimits(), Cancellation);
        Assert.Equal((true, false), (here.IsWorse, here.ControlBecameAsBad));
    }

    [Fact]
    public async Task Unknown_scope_is_refused_with_what_there_is()
    {
        await using var rig = await CollectorRig.StartAsync();
        Assert.Contains("dc1/ps1", (await Assert.ThrowsAsync<UnknownSubjectException>(() => VerdictAsync(rig, "dc9"))).Message, StringComparison.Ordinal);
        Assert.Contains("none is named", (await Assert.ThrowsAsync<UnknownSubjectException>(() => VerdictAsync(rig, "service:x"))).Message, StringComparison.Ordinal);
    }

    private static ProbeOutcome Usual(Random random) => TestMesh.Good((long)(200 * Math.Exp(random.NextDouble())));

    private static Task<Verdict> VerdictAsync(CollectorRig rig, string of) => rig.Collector.Verdicts.ReadAsync(Selection.Parse(of), During, new TroubleLimits(), Cancellation);

    // Every host probes every other every 30 s.
    private static async Task<CollectorRig> MeshAsync(Func<int, int, Random, ProbeOutcome?> during)
    {
        var rig = await CollectorRig.StartAsync();
        rig.ServiceRules = [new ServiceRule("web", host => host.Name is "h1" or "h3" or "h7")];
        rig.Time.Advance(TimeSpan.FromSeconds(4_200));
        var random = new Random(5);
        for (var source = 1; source <= 16; source++)
        {
            var probes = new List<TestProbe>();
            for (var at = 0; at < 4_200; at += 30)
            {
                for (var target = 1; target <= 16; target++)
                {
                    if (target == source) continue;
                    var outcome = at < 3_600 ? Usual(random) : during(source, target, random);
                    if (outcome is { } known) probes.Add(TestMesh.Probe(source, target, Start + at + (target % 20), known));
                }
            }

            await rig.AcceptAsync(probes.GroupBy(probe => (probe.At - Start) / 3_000).Select((some, i) => TestMesh.Batch((ulong)i + 1, some)));
        }

        return rig;
    }
}
