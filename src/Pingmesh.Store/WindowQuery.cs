using Pingmesh.Core.Probes;

namespace Pingmesh.Store;

/// <summary>Which rows of windows to read.</summary>
/// <param name="Level">The level, one that flushes write.</param>
/// <param name="From">Start of the first window, Unix seconds.</param>
/// <param name="To">End of the range, Unix seconds: windows that start at it or later are left out.</param>
public sealed record WindowQuery(WindowLevel Level, long From, long To)
{
    /// <summary>Name ids of the only rows wanted; null for all.</summary>
    public IReadOnlySet<int>? Rows { get; init; }

    /// <summary>The only series wanted.</summary>
    public SeriesFilter Series { get; init; }

    /// <summary>
    /// Longest windows, in seconds, that may stand for the ones of <see cref="Level"/> they are the roll-up of. Where a
    /// longer window is complete and lies within the range, it comes instead of the shorter ones; the sums are the same.
    /// </summary>
    public int LongestSeconds { get; init; } = Level.LengthSeconds();

    /// <summary>Whether a store that can merge cheaply may merge all windows of a row into one, whose start is <see cref="From"/>.</summary>
    public bool MayMergeTime { get; init; }

    /// <summary>Whether a row of that series is asked for.</summary>
    public bool Matches(SeriesKey series, int row) => Series.Matches(series) && (Rows is null || Rows.Contains(row));
}

/// <summary>Which series are wanted; what is null does not matter.</summary>
/// <param name="Kind">The only kind.</param>
/// <param name="Class">The only class.</param>
/// <param name="Dscp">The only QoS, as DSCP.</param>
public readonly record struct SeriesFilter(ProbeKind? Kind = null, ProbeClass? Class = null, byte? Dscp = null)
{
    /// <summary>Whether a series is wanted.</summary>
    public bool Matches(SeriesKey series) =>
        (Kind is null || Kind == series.Kind) && (Class is null || Class == series.Class) && (Dscp is null || Dscp == series.Dscp);
}
