using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Slas;

/// <summary>The SLA of one scope, and the numbers behind it (paper, section 4.3).</summary>
/// <param name="Scope">The scope: a host, a path such as <c>dc1/ps1/pod1</c>, of a pod pair the source; at level all a class or <c>all</c>.</param>
/// <param name="Target">The target of a pod pair; null for others.</param>
/// <param name="Probes">All probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="FailuresByError">The same by error; errors that did not occur are left out.</param>
/// <param name="Drops">Successful probes that needed SYN retransmissions; each counts once (paper, section 4.2).</param>
/// <param name="DropRate">Drops / successful probes, 0 to 1; null without successful probes.</param>
/// <param name="P50Microseconds">Median RTT, from merged sketches; null without RTTs.</param>
/// <param name="P99Microseconds">99th percentile of the RTT, from merged sketches; null without RTTs.</param>
public sealed record SlaFigures(
    string Scope,
    string? Target,
    long Probes,
    long Failures,
    IReadOnlyDictionary<ProbeError, long> FailuresByError,
    long Drops,
    double? DropRate,
    double? P50Microseconds,
    double? P99Microseconds)
{
    /// <summary>The only series that it is of; null for all.</summary>
    public SeriesKey? Series { get; init; }

    /// <summary>What the drop rate may truly be, given the number of probes (95 %); null without successful probes.</summary>
    public RateInterval? DropRateInterval => DropRate is null ? null : Proportion.Interval(Drops, Probes - Failures);

    /// <summary>
    /// What the true P99 is above, but for a chance of one in a thousand: few RTTs say little of their tail. Null where
    /// it was not asked for (<see cref="SlaQuery.Bounds"/>), and with too few RTTs to say anything.
    /// </summary>
    public double? P99LowMicroseconds { get; init; }

    private const double NanosecondsPerMicrosecond = 1_000;

    /// <summary>The figures of a measurement.</summary>
    public static SlaFigures Of(string scope, string? target, Measurement measurement)
    {
        var errors = new Dictionary<ProbeError, long>();
        foreach (var error in Enum.GetValues<ProbeError>())
        {
            if (measurement.FailuresOf(error) is > 0 and var count) errors[error] = count;
        }

        return new SlaFigures(
            scope,
            target,
            measurement.Probes,
            measurement.Failures,
            errors,
            measurement.Drops,
            measurement.DropRate,
            measurement.Quantile(0.50) / NanosecondsPerMicrosecond,
            measurement.Quantile(0.99) / NanosecondsPerMicrosecond);
    }

    /// <summary>The same with <see cref="P99LowMicroseconds"/>.</summary>
    internal SlaFigures WithBounds(Measurement measurement)
    {
        var rtts = measurement.Rtts.Count;
        if (Proportion.LeastEvents(rtts, 0.01, 1e-3) is not { } most) return this;

        // So many RTTs are above the true P99 by chance only one time in a thousand; the middle between two ranks avoids rounding.
        return this with { P99LowMicroseconds = measurement.Quantile((rtts - most + 0.5) / rtts) / NanosecondsPerMicrosecond };
    }
}

/// <summary>The answer to an <see cref="SlaQuery"/>.</summary>
/// <param name="Covered">The time really covered: whole windows.</param>
/// <param name="IsLive">Whether it comes from the windows of 10 s in memory.</param>
/// <param name="IsComplete">Whether no measurement of that time can come any more.</param>
/// <param name="Scopes">
/// The scopes in the topology's order, also those that were not measured; then those that are in the topology no
/// more, by name. Pod pairs: only measured ones.
/// </param>
public sealed record SlaResult(TimeRange Covered, bool IsLive, bool IsComplete, IReadOnlyList<SlaFigures> Scopes);
