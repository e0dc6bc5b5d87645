using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Latencies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/latency</c>: percentiles, distribution and series of any number of selections side by side.</summary>
internal sealed class LatencyEndpoint(LatencyReader latencies, TimeProvider time)
{
    private const int MostSelections = 50;

    public async Task<IResult> GetAsync(string[] of, string? from, string? to, int? step, string? format, CancellationToken cancel)
    {
        if (of.Length > MostSelections) throw new BadRequestException($"'of' is given {of.Length} times; at most {MostSelections} are answered at once");
        if (step is < 0) throw new BadRequestException($"'step' is {step}; give seconds, or 0 for a step that suits the range");
        var selections = of.Length == 0 ? [RequestText.Selection("all", "of")] : of.Select(text => RequestText.Selection(text, "of")).ToList();
        var results = await latencies.ReadAsync(selections, RequestText.RangeOrLastHour(from, to, time), step, cancel).ConfigureAwait(false);
        var answer = new LatencyResponse([.. results.Select(LatencyOfResponse.OfResult)]);
        return Export.Of(format, answer, () => step is null ? CdfTable(answer) : SeriesTable(answer));
    }

    private static ExportTable CdfTable(LatencyResponse answer) => new(
        ["of", "from", "to", "rtt_us", "share"],
        answer.Latencies.SelectMany(one => one.CdfUs.Zip(one.CdfShare, (us, share) => (IReadOnlyList<object?>)[one.Of, one.From, one.To, us, share])));

    private static ExportTable SeriesTable(LatencyResponse answer) => new(
        ["of", "start", "seconds", "probes", "failures", "drops", "drop_rate", "p50_us", "p99_us"],
        answer.Latencies.SelectMany(one => one.Series!.Select(point => (IReadOnlyList<object?>)
            [one.Of, point.Start, one.Step, point.Probes, point.Failures, point.Drops, point.DropRate, point.P50Us, point.P99Us])));
}

/// <summary>The latency of selections.</summary>
/// <param name="Latencies">One after the other, as they were asked for.</param>
public sealed record LatencyResponse(IReadOnlyList<LatencyOfResponse> Latencies);

/// <summary>The latency of one selection. Times in Unix seconds, RTTs in microseconds.</summary>
/// <param name="Of">The selection.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Complete">Whether no measurement of that time can come any more.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="FailuresByError">The same by error code.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions.</param>
/// <param name="DropRate">Drops / successful probes; null without successful probes.</param>
/// <param name="MinUs">Smallest RTT, exact.</param>
/// <param name="MeanUs">Mean RTT, exact.</param>
/// <param name="MaxUs">Largest RTT, exact.</param>
/// <param name="PercentilesUs">RTT by percentile: <c>p50</c>, <c>p90</c>, <c>p99</c>, <c>p99.9</c>, <c>p99.99</c>.</param>
/// <param name="CdfUs">The distribution: RTTs, ascending.</param>
/// <param name="CdfShare">Share of RTTs that are no larger than each of these.</param>
/// <param name="Step">Length of a step, seconds; null without a series.</param>
/// <param name="Series">Figures over time; null when none were asked for.</param>
public sealed record LatencyOfResponse(
    string Of,
    long From,
    long To,
    bool Complete,
    long Probes,
    long Failures,
    IReadOnlyDictionary<string, long> FailuresByError,
    long Drops,
    double? DropRate,
    double? MinUs,
    double? MeanUs,
    double? MaxUs,
    IReadOnlyDictionary<string, double> PercentilesUs,
    IReadOnlyList<double> CdfUs,
    IReadOnlyList<double> CdfShare,
    int? Step,
    IReadOnlyList<LatencyPointResponse>? Series)
{
    internal static LatencyOfResponse OfResult(LatencyResult result)
    {
        var (figures, sla) = (result.Figures, SlaScopeResponse.Of(result.Figures.Sla));
        return new LatencyOfResponse(
            result.Selection,
            result.Covered.From,
            result.Covered.To,
            result.IsComplete,
            sla.Probes,
            sla.Failures,
            sla.FailuresByError,
            sla.Drops,
            sla.DropRate,
            figures.MinMicroseconds,
            SlaScopeResponse.Rounded(figures.MeanMicroseconds),
            figures.MaxMicroseconds,
            figures.Percentiles.ToDictionary(one => FormattableString.Invariant($"p{one.Key}"), one => Math.Round(one.Value, 1)),
            [.. figures.Cdf.Select(point => Math.Round(point.Microseconds, 2))],
            [.. figures.Cdf.Select(point => point.Share)],
            result.StepSeconds,
            result.StepSeconds is null ? null : [.. result.Series.Select(point => LatencyPointResponse.Of(point.Key, SlaScopeResponse.Of(point.Value)))]);
    }
}

/// <summary>One step of a series.</summary>
/// <param name="Start">Its start, Unix seconds.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions.</param>
/// <param name="DropRate">Drops / successful probes; null without successful probes.</param>
/// <param name="P50Us">Median RTT, microseconds; null without RTTs.</param>
/// <param name="P99Us">99th percentile of the RTT, microseconds; null without RTTs.</param>
public sealed record LatencyPointResponse(long Start, long Probes, long Failures, long Drops, double? DropRate, double? P50Us, double? P99Us)
{
    internal static LatencyPointResponse Of(long start, SlaScopeResponse sla) => new(start, sla.Probes, sla.Failures, sla.Drops, sla.DropRate, sla.P50Us, sla.P99Us);
}
