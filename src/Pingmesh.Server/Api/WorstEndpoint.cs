using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Rankings;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/worst</c>: the worst hosts or pairs of a time.</summary>
internal sealed class WorstEndpoint(WorstReader worst, TimeProvider time)
{
    private const int DefaultLimit = 20;

    private static readonly Dictionary<string, RankedLevel> Levels = new()
    {
        ["host"] = RankedLevel.Host, ["target-host"] = RankedLevel.HostAsTarget, ["pod-pair"] = RankedLevel.PodPair, ["host-pair"] = RankedLevel.HostPair,
    };

    private static readonly Dictionary<string, RankedBy> Orders = new()
    {
        ["drop-rate"] = RankedBy.DropRate, ["failures"] = RankedBy.Failures, ["p99"] = RankedBy.P99, ["p50"] = RankedBy.P50,
    };

    public async Task<IResult> GetAsync(
        string? level, string? by, int? limit, string? kind, string? @class, string? qos, string? from, string? to, string? format, CancellationToken cancel)
    {
        if (limit is < 1 or > WorstReader.MostEntries) throw new BadRequestException($"'limit' is {limit}; use 1 to {WorstReader.MostEntries}");
        var (asked, order) = (level ?? "host-pair", by ?? "drop-rate");
        var result = await worst.ReadAsync(
            RequestText.OneOf(asked, "level", Levels),
            RequestText.OneOf(order, "by", Orders),
            RequestText.RangeOrLastHour(from, to, time),
            limit ?? DefaultLimit,
            RequestText.Series(kind, @class, qos),
            cancel).ConfigureAwait(false);
        var scopes = result.Worst.Select(SlaScopeResponse.Of).ToList();
        var answer = new WorstResponse(result.Covered.From, result.Covered.To, result.IsComplete, asked, order, result.Of, scopes);
        return Export.Of(format, answer, () => SlaTable.Of(new SlaResponse(false, result.IsComplete, answer.From, answer.To, asked, "source", scopes)));
    }
}

/// <summary>The worst of many. Times in Unix seconds.</summary>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Complete">Whether no measurement of that time can come any more.</param>
/// <param name="Level"><c>host</c>, <c>target-host</c>, <c>pod-pair</c> or <c>host-pair</c>.</param>
/// <param name="By"><c>drop-rate</c> and <c>failures</c> by what the probes prove of them, <c>p99</c> or <c>p50</c>.</param>
/// <param name="Of">How many there were in all.</param>
/// <param name="Worst">The worst ones, worst first.</param>
public sealed record WorstResponse(long From, long To, bool Complete, string Level, string By, int Of, IReadOnlyList<SlaScopeResponse> Worst);
