using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Regressions;

/// <summary>
/// RTTs compared with usual ones. Of each series the usual P99 says how slow is slow (<see cref="RegressionLimits.SlowNanoseconds"/>); if the P99 had not risen so far, at
/// most one in a hundred probes would be slow, of all series together.
/// </summary>
internal sealed record Rise
{
    // A P99 says that 1 % of RTTs are above it.
    private const double AboveP99 = 0.01;
    private const double AtP99 = 1 - AboveP99;
    private const double NanosecondsPerMicrosecond = 1_000;

    private Rise()
    {
    }

    /// <summary>RTTs of series with a baseline.</summary>
    public required long Rtts { get; init; }

    /// <summary>Those of them that are slow.</summary>
    public required long Slow { get; init; }

    /// <summary>Share of the usual RTTs that are slow, 0 to 1.</summary>
    public required double UsualShare { get; init; }

    /// <summary>How likely so many slow ones are if the P99 has not risen to the limit, or no more are slow than usual.</summary>
    public required double Chance { get; init; }

    /// <summary>The series that has risen most.</summary>
    public required SeriesKey Series { get; init; }

    /// <summary>Its P99, microseconds.</summary>
    public required double P99Microseconds { get; init; }

    /// <summary>Its usual P99, microseconds.</summary>
    public required double UsualP99Microseconds { get; init; }

    /// <summary>Share of slow ones, 0 to 1.</summary>
    public double Share => (double)Slow / Rtts;

    /// <summary>Whether the P99 is above the limit, significantly or not.</summary>
    public bool IsAbove => Share > AboveP99;

    /// <summary>Compares; null when there are too few RTTs to say anything.</summary>
    public static Rise? Of(SeriesRtts? during, Usual? usual, RegressionLimits limits)
    {
        if (during is null || usual is null) return null;
        long rtts = 0, slow = 0, usualRtts = 0, usualSlow = 0;
        var most = double.NegativeInfinity;
        var (worst, p99, usualP99) = (default(SeriesKey), 0.0, 0.0);
        foreach (var (series, its) in during.Series)
        {
            if (SlowLimit(usual, series, limits) is not { } limit) continue;
            var before = usual.Rtts.Series[series];
            var above = its.CountAbove(limit);
            rtts += its.Count;
            slow += above;
            usualRtts += before.Count;
            usualSlow += before.CountAbove(limit);
            if (above - (AboveP99 * its.Count) <= most) continue;
            most = above - (AboveP99 * its.Count);
            (worst, p99, usualP99) = (series, its.Quantile(AtP99)!.Value / NanosecondsPerMicrosecond, before.Quantile(AtP99)!.Value / NanosecondsPerMicrosecond);
        }

        if (rtts < limits.LeastRtts) return null;
        return new Rise
        {
            Rtts = rtts,
            Slow = slow,
            UsualShare = (double)usualSlow / usualRtts,
            Chance = Math.Max(RateComparison.ChanceOfAtLeast(slow, rtts, AboveP99), RateComparison.ChanceOfRise(slow, rtts, usualSlow, usualRtts)),
            Series = worst,
            P99Microseconds = p99,
            UsualP99Microseconds = usualP99,
        };
    }

    /// <summary>RTT above which a probe of a series is slow, nanoseconds; null without a baseline of the series.</summary>
    public static long? SlowLimit(Usual usual, SeriesKey series, RegressionLimits limits) =>
        usual.Rtts.Series.TryGetValue(series, out var before) && before.Count >= limits.LeastUsual ? limits.SlowNanoseconds(before.Quantile(AtP99)!.Value) : null;
}
