using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Sketches;

namespace Pingmesh.Analysis.Latencies;

/// <summary>A point of a cumulative distribution.</summary>
/// <param name="Microseconds">An RTT, microseconds: the upper bound of a bucket of the sketch.</param>
/// <param name="Share">Share of RTTs that are no larger, 0 to 1.</param>
public readonly record struct CdfPoint(double Microseconds, double Share);

/// <summary>How latency is distributed.</summary>
/// <param name="Sla">Counts, drop rate, P50 and P99.</param>
/// <param name="MinMicroseconds">Smallest RTT, exact; null without RTTs.</param>
/// <param name="MeanMicroseconds">Mean RTT, exact.</param>
/// <param name="MaxMicroseconds">Largest RTT, exact.</param>
/// <param name="Percentiles">RTT by percentile (50, 90, 99, 99.9, 99.99), microseconds, within the sketch's relative error of 1.1 %; empty without RTTs.</param>
/// <param name="Cdf">The whole distribution, one point a bucket; empty without RTTs.</param>
public sealed record LatencyFigures(
    SlaFigures Sla,
    double? MinMicroseconds,
    double? MeanMicroseconds,
    double? MaxMicroseconds,
    IReadOnlyList<KeyValuePair<double, double>> Percentiles,
    IReadOnlyList<CdfPoint> Cdf)
{
    private const double NanosecondsPerMicrosecond = 1_000;

    private static readonly double[] Shown = [50, 90, 99, 99.9, 99.99];

    /// <summary>The figures of a measurement.</summary>
    public static LatencyFigures Of(Measurement measurement)
    {
        var sla = SlaFigures.Of("", null, measurement);
        var rtts = measurement.Rtts;
        if (rtts.Count == 0) return new LatencyFigures(sla, null, null, null, [], []);
        var cdf = new CdfPoint[rtts.BucketCount];
        long seen = 0;
        for (var i = 0; i < cdf.Length; i++)
        {
            seen += rtts.Populations[i];
            var bound = Math.Min(SketchScale.UpperBoundSeconds(rtts.Indexes[i]) * 1e9, measurement.RttMax);
            cdf[i] = new CdfPoint(bound / NanosecondsPerMicrosecond, (double)seen / rtts.Count);
        }

        return new LatencyFigures(
            sla,
            measurement.RttMin / NanosecondsPerMicrosecond,
            (double)measurement.RttSum / rtts.Count / NanosecondsPerMicrosecond,
            measurement.RttMax / NanosecondsPerMicrosecond,
            [.. Shown.Select(percent => KeyValuePair.Create(percent, measurement.Quantile(percent / 100)!.Value / NanosecondsPerMicrosecond))],
            cdf);
    }
}
