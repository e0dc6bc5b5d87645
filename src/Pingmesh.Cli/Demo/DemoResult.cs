using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Demo;

/// <summary>What a demo measured: the object that <c>demo --json</c> prints.</summary>
/// <param name="Hosts">Hosts in the mesh.</param>
/// <param name="Pairs">Ordered host pairs that were measured.</param>
/// <param name="PodPairs">Ordered pod pairs that were measured.</param>
/// <param name="PodPairsExpected">Ordered pod pairs there are, each pod with itself included.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions.</param>
/// <param name="DropRate">Drops / successful probes; null without successful probes.</param>
/// <param name="P50Us">Median RTT, microseconds.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds.</param>
/// <param name="Levels">The same figures for <c>intra-pod</c>, <c>intra-dc</c> and <c>inter-dc</c>.</param>
internal sealed record DemoResult(
    int Hosts,
    int Pairs,
    int PodPairs,
    int PodPairsExpected,
    long Probes,
    long Failures,
    long Drops,
    double? DropRate,
    double? P50Us,
    double? P99Us,
    IReadOnlyDictionary<string, DemoLevel> Levels)
{
    public static DemoResult Of(DemoSettings settings, SlaResponse sla, PairsResponse pairs)
    {
        var all = sla.Scopes.Single(scope => scope.Scope == "all");
        var pods = settings.Dcs * settings.Podsets * settings.Pods;

        // A pod of one host has no pair with itself.
        var expected = settings.Hosts == 1 ? pods * (pods - 1) : pods * pods;
        return new DemoResult(
            settings.HostCount,
            pairs.HostPairs,
            pairs.PodPairs ?? 0,
            expected,
            all.Probes,
            all.Failures,
            all.Drops,
            all.DropRate,
            all.P50Us,
            all.P99Us,
            sla.Scopes.Where(scope => scope.Scope != "all").ToDictionary(scope => scope.Scope, DemoLevel.Of));
    }
}

/// <summary>The figures of one class of probes.</summary>
internal sealed record DemoLevel(long Probes, long Failures, long Drops, double? DropRate, double? P50Us, double? P99Us)
{
    public static DemoLevel Of(SlaScopeResponse scope) =>
        new(scope.Probes, scope.Failures, scope.Drops, scope.DropRate, scope.P50Us, scope.P99Us);
}
