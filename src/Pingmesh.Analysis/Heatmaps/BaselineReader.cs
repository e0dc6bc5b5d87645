using Pingmesh.Analysis.Queries;
using Pingmesh.Core;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>What is usual in the cells of a heatmap: P99 by cell, microseconds.</summary>
internal sealed record Baseline(IReadOnlyDictionary<ulong, double> P99Microseconds)
{
    /// <summary>The usual P99 of a cell, microseconds; NaN when too little was measured to say.</summary>
    public double Of(int source, int target) => P99Microseconds.TryGetValue(IdPair.Of(source, target), out var p99) ? p99 : double.NaN;
}

/// <summary>
/// Reads what was usual in the day before. Of the live view it is kept, and made anew in the background every ten minutes,
/// so that nobody waits for a day's windows to be read. Safe for any number of threads.
/// </summary>
internal sealed class BaselineReader(WindowReader windows, TimeProvider time)
{
    // With fewer RTTs a P99 says nothing.
    private const int LeastRtts = 100;
    private const int MostKept = 16;
    private const double NanosecondsPerMicrosecond = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<Key, Kept> kept = [];

    /// <summary>The baseline of the live view; null while the first one is being made.</summary>
    public Baseline? Live(HeatmapQuery query, HeatmapAxis axis, string topologyVersion)
    {
        var now = Windows.StartOf(time.GetUtcNow().ToUnixTimeSeconds(), Windows.TenMinuteSeconds);
        var key = new Key(query.Level, query.Scope?.ToString(), query.Series, topologyVersion);
        lock (gate)
        {
            if (!kept.TryGetValue(key, out var entry))
            {
                if (kept.Count >= MostKept) kept.Remove(kept.MinBy(one => one.Value.Asked).Key);
                kept[key] = entry = new Kept();
            }

            entry.Asked = now;
            if (entry.Before != now && entry.Making is null or { IsCompleted: true })
            {
                // The last ten minutes are left out: what is happening now is no baseline of itself.
                entry.Before = now;
                entry.Making = Task.Run(async () => entry.Baseline = await ReadAsync(query, axis, now - Windows.TenMinuteSeconds, CancellationToken.None).ConfigureAwait(false));
            }

            return entry.Baseline;
        }
    }

    /// <summary>The baseline of the day that ends at <paramref name="before"/> (Unix seconds).</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Baseline> ReadAsync(HeatmapQuery query, HeatmapAxis axis, long before, CancellationToken cancellationToken)
    {
        var places = axis.Places;
        var coverage = windows.Locate(new TimeRange(before - Windows.DaySeconds, before), axis.Level);
        Grouping pair = (row, cell) =>
            places.Find(row.Row) is >= 0 and var source && places.Find(cell) is >= 0 and var target ? IdPair.Of(source, target) : null;
        var sums = await windows.ReadAsync(coverage, axis.Level, pair, cancellationToken, query.Series).ConfigureAwait(false);
        return new Baseline(sums.Groups.Where(group => group.Value.Rtts.Count >= LeastRtts)
            .ToDictionary(group => group.Key, group => group.Value.Quantile(0.99)!.Value / NanosecondsPerMicrosecond));
    }

    private readonly record struct Key(HeatmapLevel Level, string? Scope, SeriesFilter Series, string TopologyVersion);

    private sealed class Kept
    {
        public long Asked { get; set; }

        public long Before { get; set; }

        public Task? Making { get; set; }

        public Baseline? Baseline { get; set; }
    }
}
