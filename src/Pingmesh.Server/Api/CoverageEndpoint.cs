using System.Text.Json;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Samples;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Plans;
using Pingmesh.Core.Probes;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/coverage</c>: what was not measured, why, and how small a loss the rest could have shown.</summary>
internal sealed class CoverageEndpoint(SampleReader samples, MeshInForce mesh, AgentRegistry agents, TimeProvider time)
{
    private const int DefaultGaps = 100;
    private const int MostGaps = 10_000;

    public async Task<CoverageResponse> GetAsync(string? from, string? to, string? scope, int? limit, CancellationToken cancel)
    {
        if (limit is < 0 or > MostGaps) throw new BadRequestException($"limit is {limit}; use 0 to {MostGaps}");
        return await ReadAsync(TimeRangeText.Read(from, to, time), Parse(scope ?? "*"), limit ?? DefaultGaps, cancel).ConfigureAwait(false);
    }

    /// <summary>The figures of a time, without gaps.</summary>
    public Task<CoverageResponse> ReadAsync(TimeRange range, CancellationToken cancel) => ReadAsync(range, ScopePattern.All, 0, cancel);

    private static ScopePattern Parse(string scope)
    {
        try
        {
            return ScopePattern.Parse(scope);
        }
        catch (FormatException error)
        {
            throw new BadRequestException(error.Message);
        }
    }

    private async Task<CoverageResponse> ReadAsync(TimeRange? range, ScopePattern scope, int gaps, CancellationToken cancel)
    {
        var current = mesh.Current;
        var (covered, isLive, read) = await samples.ReadAsync(current.Topology, range, cancel).ConfigureAwait(false);
        var heard = agents.Snapshot().Where(agent => agent.Uploaded?.ToUnixTimeSeconds() >= covered.From).Select(agent => agent.Host).ToHashSet(StringComparer.Ordinal);
        var ledger = CoverageLedger.Of(current, current.TurnAt(time.GetUtcNow()), read, host => heard.Contains(host.Name), scope, gaps);
        return CoverageResponse.Of(isLive, covered.From, covered.To, ledger);
    }
}

/// <summary>What was measured, and what was not. Times in Unix seconds.</summary>
/// <param name="Live">Whether it is of the last seconds rather than of stored windows.</param>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="Wanted">Directed pairs of pods that the mesh joins.</param>
/// <param name="Measured">Those of them with at least one probe.</param>
/// <param name="SmallestDropRate">Over the measured pairs: the smallest drop rate that their samples could have shown (95 %).</param>
/// <param name="Series">Samples by kind, class and QoS.</param>
/// <param name="Reasons">How many pairs were not measured for which reason.</param>
/// <param name="Gaps">Pairs that were not measured.</param>
/// <param name="GapsOmitted">Further ones.</param>
public sealed record CoverageResponse(
    bool Live, long From, long To, long Wanted, long Measured, SensitivityResponse SmallestDropRate, IReadOnlyList<SeriesSamplesResponse> Series,
    IReadOnlyDictionary<string, long> Reasons, IReadOnlyList<CoverageGapResponse> Gaps, long GapsOmitted)
{
    internal static CoverageResponse Of(bool live, long from, long to, CoverageLedger ledger) => new(
        live, from, to, ledger.Wanted, ledger.Measured,
        new SensitivityResponse(ledger.SmallestDropRate.Best, ledger.SmallestDropRate.Median, ledger.SmallestDropRate.Worst),
        [.. ledger.Series.Select(one => new SeriesSamplesResponse(one.Series.Kind.Name(), one.Series.Class.Name(), one.Series.Dscp, one.Pairs, one.Probes, one.SmallestDropRate))],
        ledger.Reasons.ToDictionary(reason => Word(reason.Key), reason => reason.Value),
        [.. ledger.Gaps.Select(gap => new CoverageGapResponse(gap.Source.Path, gap.Target.Path, Word(gap.Reason)))],
        ledger.GapsOmitted);

    private static string Word(GapReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());
}

/// <summary>Sensitivity over pairs.</summary>
/// <param name="Best">Of the pair with most samples.</param>
/// <param name="Median">Of the pair in the middle.</param>
/// <param name="Worst">Of the pair with fewest.</param>
public sealed record SensitivityResponse(double Best, double Median, double Worst);

/// <summary>Samples of one sort of probe.</summary>
/// <param name="Kind">Kind of probe.</param>
/// <param name="Class">Class of probe.</param>
/// <param name="Dscp">QoS as DSCP.</param>
/// <param name="Pairs">Directed pairs of pods with samples.</param>
/// <param name="Probes">Probes.</param>
/// <param name="SmallestDropRate">The smallest drop rate that all of them together could have shown (95 %).</param>
public sealed record SeriesSamplesResponse(string Kind, string Class, byte Dscp, long Pairs, long Probes, double SmallestDropRate);

/// <summary>A pair that was not measured.</summary>
/// <param name="Source">The pod that should have probed.</param>
/// <param name="Target">The pod to be probed.</param>
/// <param name="Reason"><c>paused</c>, <c>source-silent</c>, <c>waits-for-turn</c>, <c>no-common-family</c>, <c>no-result</c> or <c>not-looked-into</c>.</param>
public sealed record CoverageGapResponse(string Source, string Target, string Reason);
