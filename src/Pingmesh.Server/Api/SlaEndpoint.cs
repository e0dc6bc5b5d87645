using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Probes;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/sla</c>: drop rate, P50, P99 of scopes, live or over a range.</summary>
internal sealed class SlaEndpoint(SlaReader slas, TimeProvider time)
{
    private static readonly Dictionary<string, SlaLevel> Levels = new()
    {
        ["all"] = SlaLevel.All, ["dc"] = SlaLevel.Dc, ["podset"] = SlaLevel.Podset, ["pod"] = SlaLevel.Pod, ["host"] = SlaLevel.Host,
        ["pod-pair"] = SlaLevel.PodPair,
        ["podset-pair"] = SlaLevel.PodsetPair,
        ["dc-pair"] = SlaLevel.DcPair,
    };

    public async Task<SlaResponse> GetAsync(string? level, string? side, string? scope, string? from, string? to, CancellationToken cancel)
    {
        level ??= "all";
        side ??= "source";
        if (!Levels.TryGetValue(level, out var asked))
            throw new BadRequestException($"'level' is '{level}'; it is one of {string.Join(", ", Levels.Keys)}");
        var end = side switch
        {
            "source" => SlaSide.Source,
            "target" => SlaSide.Target,
            _ => throw new BadRequestException($"'side' is '{side}'; it is source or target"),
        };
        var result = await slas.ReadAsync(new SlaQuery(asked, TimeRangeText.Read(from, to, time), end, scope), cancel).ConfigureAwait(false);
        return new SlaResponse(result.IsLive, result.Covered.From, result.Covered.To, level, side, [.. result.Scopes.Select(SlaScopeResponse.Of)]);
    }
}

/// <summary>The SLA of scopes. Times in Unix seconds.</summary>
/// <param name="Live">Whether it shows the last seconds rather than stored windows.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Level"><c>all</c>, <c>dc</c>, <c>podset</c>, <c>pod</c>, <c>host</c>, <c>pod-pair</c>, <c>podset-pair</c> or <c>dc-pair</c>.</param>
/// <param name="Side">Whether scopes count as <c>source</c> or as <c>target</c> of probes.</param>
/// <param name="Scopes">The scopes.</param>
public sealed record SlaResponse(bool Live, long From, long To, string Level, string Side, IReadOnlyList<SlaScopeResponse> Scopes);

/// <summary>The SLA of one scope.</summary>
/// <param name="Scope">The scope; of a pod pair the source.</param>
/// <param name="Target">The target of a pod pair.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="FailuresByError">The same by error code.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions; each counts once.</param>
/// <param name="DropRate">Drops / successful probes, 0 to 1; null without successful probes.</param>
/// <param name="P50Us">Median RTT, microseconds; null without RTTs.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds; null without RTTs.</param>
public sealed record SlaScopeResponse(
    string Scope,
    string? Target,
    long Probes,
    long Failures,
    IReadOnlyDictionary<string, long> FailuresByError,
    long Drops,
    double? DropRate,
    double? P50Us,
    double? P99Us)
{
    internal static SlaScopeResponse Of(SlaFigures figures) => new(
        figures.Scope,
        figures.Target,
        figures.Probes,
        figures.Failures,
        figures.FailuresByError.ToDictionary(entry => entry.Key.Name(), entry => entry.Value),
        figures.Drops,
        figures.DropRate,
        Rounded(figures.P50Microseconds),
        Rounded(figures.P99Microseconds));

    private static double? Rounded(double? microseconds) => microseconds is { } value ? Math.Round(value, 1) : null;
}
