using Pingmesh.Analysis.HostPairs;
using Pingmesh.Analysis.Noise;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Probes;

namespace Pingmesh.Server.Api;

/// <summary>
/// <c>GET /api/v1/pairs</c>: how many pairs were measured; with <c>source</c> and <c>target</c>, the figures of that host
/// pair, the raw evidence behind them, and when either host was in trouble itself.
/// </summary>
internal sealed class PairsEndpoint(HostPairReader pairs, EvidenceReader evidence, HostNoiseReader noise, TimeProvider time)
{
    private const int EvidenceLimit = 100;

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    public async Task<PairsResponse> GetAsync(string? source, string? target, string? from, string? to, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var range = TimeRangeText.Read(from, to, time)
            ?? new TimeRange((now - DefaultRange).ToUnixTimeSeconds(), now.ToUnixTimeSeconds());
        if (source is null && target is null)
        {
            var counts = await pairs.CountAsync(range, cancel).ConfigureAwait(false);
            return new PairsResponse(counts.Covered.From, counts.Covered.To, counts.HostPairs, counts.PodPairs, null, [], null, null);
        }

        if (source is null || target is null) throw new BadRequestException("'source' and 'target' go together; give both host names, or neither");
        var result = await pairs.ReadAsync(source, target, range, cancel).ConfigureAwait(false);
        var records = await evidence.ReadAsync(result.Covered, EvidenceLimit, source, target, cancel).ConfigureAwait(false);
        return new PairsResponse(
            result.Covered.From,
            result.Covered.To,
            result.Figures.Probes > 0 ? 1 : 0,
            null,
            SlaScopeResponse.Of(result.Figures),
            [.. records.Select(EvidenceResponse.Of)],
            HostNoiseResponse.Of(await noise.ReadAsync(source, result.Covered, cancel).ConfigureAwait(false)),
            HostNoiseResponse.Of(await noise.ReadAsync(target, result.Covered, cancel).ConfigureAwait(false)));
    }
}

/// <summary>What was measured between hosts. Times in Unix seconds.</summary>
/// <param name="From">Start of the time really covered.</param>
/// <param name="To">End of it.</param>
/// <param name="HostPairs">Ordered host pairs with at least one probe.</param>
/// <param name="PodPairs">Ordered pod pairs with at least one probe; null when one host pair was asked for.</param>
/// <param name="Pair">The figures of the host pair that was asked for.</param>
/// <param name="Evidence">Its newest raw records.</param>
/// <param name="SourceNoise">When the source was in trouble itself; null when no pair was asked for.</param>
/// <param name="TargetNoise">When the target was.</param>
public sealed record PairsResponse(
    long From,
    long To,
    int HostPairs,
    int? PodPairs,
    SlaScopeResponse? Pair,
    IReadOnlyList<EvidenceResponse> Evidence,
    HostNoiseResponse? SourceNoise,
    HostNoiseResponse? TargetNoise);

/// <summary>The windows of 10 s that a host's agent has marked because the host itself was in trouble: what was measured in them is not the network's.</summary>
/// <param name="Host">The host.</param>
/// <param name="Windows">How many windows were marked.</param>
/// <param name="BySort">How many of them had each sort of trouble.</param>
/// <param name="WorstStallMs">The longest time that the agent could not run, milliseconds.</param>
/// <param name="Newest">The newest of the windows.</param>
public sealed record HostNoiseResponse(
    string Host, int Windows, IReadOnlyDictionary<string, int> BySort, double WorstStallMs, IReadOnlyList<NoisyWindowResponse> Newest)
{
    private const int MostShown = 60;

    internal static HostNoiseResponse Of(HostNoiseResult result) => new(
        result.Host,
        result.Windows.Count,
        result.Count().ToDictionary(entry => entry.Key.Name(), entry => entry.Value),
        result.Windows.Select(window => window.WorstStallMicroseconds / 1000.0).DefaultIfEmpty().Max(),
        [.. result.Windows.Take(MostShown).Select(window => new NoisyWindowResponse(window.Start, window.Noise.ToNames(), window.WorstStallMicroseconds / 1000.0))]);
}

/// <summary>One marked window.</summary>
/// <param name="Start">Its start, Unix seconds.</param>
/// <param name="Noise">The sorts of trouble.</param>
/// <param name="WorstStallMs">The longest time that the agent could not run, milliseconds.</param>
public sealed record NoisyWindowResponse(long Start, IReadOnlyList<string> Noise, double WorstStallMs);

/// <summary>One probe in full.</summary>
/// <param name="Started">When it was started.</param>
/// <param name="Kind">Kind of probe.</param>
/// <param name="Class">Class of probe.</param>
/// <param name="Dscp">QoS.</param>
/// <param name="SourceAddress">Source address.</param>
/// <param name="SourcePort">Source port.</param>
/// <param name="TargetAddress">Target address.</param>
/// <param name="TargetPort">Target port.</param>
/// <param name="Error">Error code; <c>none</c> when it succeeded.</param>
/// <param name="Retransmissions">SYN retransmissions.</param>
/// <param name="LossDirection">Where the first loss was: <c>unknown</c>, <c>forward</c> or <c>return</c>.</param>
/// <param name="RttUs">RTT, microseconds; null without one.</param>
public sealed record EvidenceResponse(
    DateTimeOffset Started,
    string Kind,
    string Class,
    int Dscp,
    string? SourceAddress,
    int SourcePort,
    string TargetAddress,
    int TargetPort,
    string Error,
    int Retransmissions,
    string LossDirection,
    double? RttUs)
{
    internal static EvidenceResponse Of(NamedEvidence evidence)
    {
        var record = evidence.Record;
        return new EvidenceResponse(
            DateTimeOffset.UnixEpoch.AddMicroseconds(record.StartedUnixMicroseconds),
            record.Series.Kind.Name(),
            record.Series.Class.Name(),
            record.Series.Dscp,
            record.SourceAddress?.ToString(),
            record.SourcePort,
            record.TargetAddress.ToString(),
            record.TargetPort,
            record.Error.Name(),
            record.Retransmissions,
            record.LossDirection.Name(),
            record.RttNanoseconds > 0 ? record.RttNanoseconds / 1000.0 : null);
    }
}
