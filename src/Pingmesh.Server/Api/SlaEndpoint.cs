using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/sla</c>: drop rate, P50, P99 of scopes, live or over a range.</summary>
internal sealed class SlaEndpoint(SlaReader slas, Func<ServiceMap> services, TimeProvider time)
{
    private static readonly Dictionary<string, SlaLevel> Levels = new()
    {
        ["all"] = SlaLevel.All,
        ["dc"] = SlaLevel.Dc,
        ["podset"] = SlaLevel.Podset,
        ["pod"] = SlaLevel.Pod,
        ["host"] = SlaLevel.Host,
        ["service"] = SlaLevel.Service,
        ["pod-pair"] = SlaLevel.PodPair,
        ["podset-pair"] = SlaLevel.PodsetPair,
        ["dc-pair"] = SlaLevel.DcPair,
    };

    private static readonly Dictionary<string, SlaSide> Sides = new() { ["source"] = SlaSide.Source, ["target"] = SlaSide.Target };

    private static readonly Dictionary<string, bool> Splits = new() { ["none"] = false, ["series"] = true };

    public async Task<IResult> GetAsync(
        string? level, string? side, string? scope, string? kind, string? @class, string? qos, string? split, string? from, string? to, string? format,
        CancellationToken cancel)
    {
        level ??= LevelOf(scope);
        side ??= "source";
        var query = new SlaQuery(
            RequestText.OneOf(level, "level", Levels),
            TimeRangeText.Read(from, to, time),
            RequestText.OneOf(side, "side", Sides),
            scope,
            RequestText.Series(kind, @class, qos),
            RequestText.OneOf(split ?? "none", "split", Splits));
        var result = await slas.ReadAsync(query, cancel).ConfigureAwait(false);
        if (scope is not null && result.Scopes.Count == 0)
            throw new UnknownSubjectException($"there is no {level} '{scope}', neither in the topology nor among what was measured; without 'scope' all are told, and 'level' says what it is");
        var answer = new SlaResponse(result.IsLive, result.IsComplete, result.Covered.From, result.Covered.To, level, side, [.. result.Scopes.Select(SlaScopeResponse.Of)]);
        return Export.Of(format, answer, () => SlaTable.Of(answer));
    }

    // What a scope is when nobody says so: a path tells it by itself, a bare name the topology.
    private string LevelOf(string? scope) => scope?.Count(c => c == '/') switch
    {
        null => "all",
        1 => "podset",
        > 1 => "pod",
        _ when scope is "all" || Enum.GetValues<ProbeClass>().Any(one => one.Name() == scope) => "all",
        _ when services().Topology.FindHost(scope) is null && services().Topology.Dcs.Any(dc => dc.Name == scope) => "dc",
        _ when services().Topology.FindHost(scope) is null && services().Find(scope) is not null => "service",
        _ => "host",
    };
}

/// <summary>The SLA of scopes. Times in Unix seconds.</summary>
/// <param name="Live">Whether it shows the last seconds rather than stored windows.</param>
/// <param name="Complete">Whether no measurement of that time can come any more.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Level"><c>all</c>, <c>dc</c>, <c>podset</c>, <c>pod</c>, <c>host</c>, <c>service</c>, <c>pod-pair</c>, <c>podset-pair</c> or <c>dc-pair</c>.</param>
/// <param name="Side">Whether scopes count as <c>source</c> or as <c>target</c> of probes.</param>
/// <param name="Scopes">The scopes.</param>
public sealed record SlaResponse(bool Live, bool Complete, long From, long To, string Level, string Side, IReadOnlyList<SlaScopeResponse> Scopes);

/// <summary>The SLA of one scope.</summary>
/// <param name="Scope">The scope; of a pod pair the source.</param>
/// <param name="Target">The target of a pod pair.</param>
/// <param name="Series">Kind, class and QoS, where each stands by itself.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="FailuresByError">The same by error code.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions; each counts once.</param>
/// <param name="DropRate">Drops / successful probes, 0 to 1; null without successful probes.</param>
/// <param name="DropRateLow">Lower end of what the drop rate may truly be, given the number of probes (95 %).</param>
/// <param name="DropRateHigh">Upper end of it.</param>
/// <param name="P50Us">Median RTT, microseconds; null without RTTs.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds; null without RTTs.</param>
public sealed record SlaScopeResponse(
    string Scope,
    string? Target,
    SeriesResponse? Series,
    long Probes,
    long Failures,
    IReadOnlyDictionary<string, long> FailuresByError,
    long Drops,
    double? DropRate,
    double? DropRateLow,
    double? DropRateHigh,
    double? P50Us,
    double? P99Us)
{
    internal static SlaScopeResponse Of(SlaFigures figures)
    {
        var interval = figures.DropRateInterval;
        return new SlaScopeResponse(
            figures.Scope,
            figures.Target,
            figures.Series is { } series ? new SeriesResponse(series.Kind.Name(), series.Class.Name(), series.Dscp) : null,
            figures.Probes,
            figures.Failures,
            figures.FailuresByError.ToDictionary(entry => entry.Key.Name(), entry => entry.Value),
            figures.Drops,
            figures.DropRate,
            interval?.Low,
            interval?.High,
            Rounded(figures.P50Microseconds),
            Rounded(figures.P99Microseconds));
    }

    internal static double? Rounded(double? microseconds) => microseconds is { } value ? Math.Round(value, 1) : null;
}

/// <summary>A sort of probes.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Class">Class.</param>
/// <param name="Dscp">QoS.</param>
public sealed record SeriesResponse(string Kind, string Class, int Dscp);
