using System.Net;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Plans;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

public class CoverageLedgerTests
{
    private static readonly SeriesKey Tcp = new(ProbeKind.Tcp, ProbeClass.IntraDc, 0);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.95)]
    [InlineData(2, 0.7764)]
    [InlineData(300_000, 0.99857e-5)]
    [InlineData(1_000_000_000_000, 2.99573e-12)]
    public void Smallest_drop_rate_is_the_one_that_shows_itself_in_19_of_20_cases(long successes, double rate)
    {
        Assert.Equal(rate, Sensitivity.SmallestDropRate(successes), rate * 1e-4);
        if (successes is > 0 and < 1_000_000) Assert.Equal(0.05, Math.Pow(1 - Sensitivity.SmallestDropRate(successes), successes), 1e-9);
    }

    [Fact]
    public void Sensitivity_of_a_pair_is_that_of_all_its_probes_together()
    {
        var mesh = MeshOf([3, 3]);
        var ledger = Ledger(mesh, [new(0, 1, Tcp, 110, 100), new(0, 1, Tcp with { Dscp = 8 }, 200, 200), new(1, 0, Tcp, 10, 10), new(0, 0, Tcp, 30, 30), new(1, 1, Tcp, 30, 30)]);
        Assert.Equal((4, 4), (ledger.Wanted, ledger.Measured));
        Assert.Empty(ledger.Gaps);
        Assert.Equal(
            (Sensitivity.SmallestDropRate(300), Sensitivity.SmallestDropRate(30), Sensitivity.SmallestDropRate(10)), ledger.SmallestDropRate);
        Assert.Equal([(0, 4L, 180L, 170L), (8, 1L, 200L, 200L)], ledger.Series.Select(series => ((int)series.Series.Dscp, series.Pairs, series.Probes, series.Successes)));
    }

    [Fact]
    public void Lone_hosts_have_no_pair_with_themselves_and_targets_join_no_pods()
    {
        Assert.Equal(2, Ledger(MeshOf([1, 1]), []).Wanted);
        var targets = new MeshGraph { Shape = GraphShape.Targets, Targets = [new StaticTarget("a", "10.9.9.9")] };
        Assert.Equal(0, Ledger(MeshOf([2, 2], new MeshSettings { Graphs = [targets] }), []).Wanted);
    }

    [Fact]
    public void Gap_says_why_it_is_one()
    {
        var silent = Ledger(MeshOf([1, 1, 1]), [new(0, 1, Tcp, 1, 1), new(0, 2, Tcp, 1, 0)], heard: host => host.Pod.Ordinal == 0);
        Assert.Equal([(GapReason.SourceSilent, 4L)], silent.Reasons.Select(reason => (reason.Key, reason.Value)));
        Assert.Equal(1, silent.SmallestDropRate.Worst);

        var mesh = new Mesh(MeshOf([1, 1, 1]).Topology, MeshSettings.Default, [ScopePattern.Parse("dc1/ps1/pod2")]);
        Assert.Equal([(GapReason.Paused, 4L), (GapReason.NoResult, 2L)], Ledger(mesh, []).Reasons.Select(reason => (reason.Key, reason.Value)));

        var capped = Ledger(MeshOf([1, 1, 1], new MeshSettings { MaxPeers = 1 }), []);
        Assert.Equal([(GapReason.WaitsForTurn, 3L), (GapReason.NoResult, 3L)], capped.Reasons.Select(reason => (reason.Key, reason.Value)));

        var builder = new TopologyBuilder();
        builder.AddHost("dc1", "ps1", "pod1", "a", [IPAddress.Parse("10.0.0.1")]);
        builder.AddHost("dc1", "ps1", "pod2", "b", [IPAddress.Parse("fd00::1")]);
        Assert.Equal([(GapReason.NoCommonFamily, 2L)], Ledger(new Mesh(builder.Build(), MeshSettings.Default), []).Reasons.Select(reason => (reason.Key, reason.Value)));
    }

    [Fact]
    public void Only_pairs_with_an_end_in_the_scope_are_looked_at_and_only_so_many_gaps_are_listed()
    {
        var mesh = MeshOf([1, 1, 1, 1]);
        var ledger = CoverageLedger.Of(mesh, 0, [new(1, 2, Tcp, 5, 5)], _ => true, ScopePattern.Parse("dc1/ps1/pod1"), 2);
        Assert.Equal((6, 0, 2, 4), (ledger.Wanted, ledger.Measured, ledger.Gaps.Count, ledger.GapsOmitted));
        Assert.Empty(ledger.Series);
        Assert.Equal(("dc1/ps1/pod1", "dc1/ps1/pod2"), (ledger.Gaps[0].Source.Path, ledger.Gaps[0].Target.Path));
    }

    private static Mesh MeshOf(int[] pods, MeshSettings? settings = null) =>
        new(new TopologyShape([[pods]], MeshSettings.Default).Build(), settings ?? MeshSettings.Default);

    private static CoverageLedger Ledger(Mesh mesh, PairSamples[] samples, Func<Host, bool>? heard = null) =>
        CoverageLedger.Of(mesh, 0, samples, heard ?? (_ => true), ScopePattern.All, 100);
}
