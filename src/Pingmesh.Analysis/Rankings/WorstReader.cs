using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Rankings;

/// <summary>What is ranked.</summary>
public enum RankedLevel
{
    /// <summary>Hosts by what they measured.</summary>
    Host,

    /// <summary>Hosts by what was measured of them.</summary>
    HostAsTarget,

    /// <summary>Pairs of pods.</summary>
    PodPair,

    /// <summary>Pairs of hosts.</summary>
    HostPair,
}

/// <summary>What makes one worse than another.</summary>
public enum RankedBy
{
    /// <summary>The drop rate that the probes prove: the lower end of its interval, so that one drop of three probes does not lead.</summary>
    DropRate,

    /// <summary>The failure rate that the probes prove, likewise.</summary>
    Failures,

    /// <summary>P99 of the RTT.</summary>
    P99,

    /// <summary>Median RTT.</summary>
    P50,
}

/// <summary>Names the worst. Safe for any number of threads.</summary>
public sealed class WorstReader
{
    /// <summary>Most entries of an answer.</summary>
    public const int MostEntries = 1_000;

    private readonly WindowReader windows;
    private readonly NameTable names;

    internal WorstReader(WindowReader windows, NameTable names)
    {
        this.windows = windows;
        this.names = names;
    }

    /// <summary>The worst, worst first; what has nothing wrong by that measure is left out.</summary>
    /// <param name="level">What is ranked.</param>
    /// <param name="by">By what.</param>
    /// <param name="range">Over which time.</param>
    /// <param name="limit">Most entries, 1 to <see cref="MostEntries"/>.</param>
    /// <param name="series">The only series that count.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The range has no length, or the limit is out of range.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<WorstResult> ReadAsync(
        RankedLevel level, RankedBy by, TimeRange range, int limit, SeriesFilter series = default, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostEntries);
        var (stored, isPair) = level switch
        {
            RankedLevel.Host => (WindowLevel.HostAsSource, false),
            RankedLevel.HostAsTarget => (WindowLevel.HostAsTarget, false),
            RankedLevel.PodPair => (WindowLevel.PodPair, true),
            _ => (WindowLevel.HostPair, true),
        };
        var coverage = windows.Locate(range, stored);
        Grouping grouping = isPair ? (row, cell) => IdPair.Of(row.Row, cell) : (_, cell) => IdPair.Of(cell, 0);
        var sums = await windows.ReadAsync(coverage, stored, grouping, cancellationToken, series).ConfigureAwait(false);

        // Bounded whatever the number of pairs: only the worst so far are kept.
        var worst = new PriorityQueue<ulong, double>();
        foreach (var (key, sum) in sums.Groups)
        {
            if (BadnessOf(by, sum) is not (> 0 and var badness)) continue;
            if (worst.Count < limit) worst.Enqueue(key, badness);
            else worst.EnqueueDequeue(key, badness);
        }

        var ranked = new List<SlaFigures>();
        while (worst.TryDequeue(out var key, out _))
            ranked.Add(SlaFigures.Of(names.FindText(IdPair.First(key)) ?? "", isPair ? names.FindText(IdPair.Second(key)) : null, sums.Of(key)));
        ranked.Reverse();
        return new WorstResult(coverage.Covered, coverage.IsComplete, sums.Groups.Count, ranked);
    }

    private static double? BadnessOf(RankedBy by, Measurement sum) => by switch
    {
        // The exact interval is dear; without events its lower end is 0 anyway.
        RankedBy.DropRate => sum.Drops == 0 ? null : Proportion.Interval(sum.Drops, sum.Successes).Low,
        RankedBy.Failures => sum.Failures == 0 ? null : Proportion.Interval(sum.Failures, sum.Probes).Low,
        RankedBy.P99 => sum.Quantile(0.99),
        _ => sum.Quantile(0.50),
    };
}

/// <summary>The worst of many.</summary>
/// <param name="Covered">The time really covered.</param>
/// <param name="IsComplete">Whether no measurement of that time can come any more.</param>
/// <param name="Of">How many there were in all.</param>
/// <param name="Worst">The worst ones, worst first.</param>
public sealed record WorstResult(TimeRange Covered, bool IsComplete, int Of, IReadOnlyList<SlaFigures> Worst);
