using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>
/// Reads a heatmap from live windows. It works row by row, so that ingest waits for one row at most, and merges each
/// cell in place, so that a million cells take a fraction of a second. Used once.
/// </summary>
internal sealed class LiveHeatmap
{
    private readonly WindowMemory memory;
    private readonly NameOrdinals ordinals;
    private readonly HeatmapBuilder builder;
    private readonly SeriesFilter series;
    private readonly bool isLatest;
    private readonly CellTally tally = new();

    // Entries of windows that start before this count only for cells without later ones.
    private long since;

    // The measurements of a row's targets, as linked lists: first entry by target, next entry by entry.
    private readonly int[] first;
    private readonly List<(Measurement Measurement, long Start, int Next)> entries = [];

    /// <summary>A reader; <paramref name="isLatest"/> tells whether the map is to show how things stand now.</summary>
    public LiveHeatmap(WindowMemory memory, NameOrdinals ordinals, SeriesFilter series, HeatmapBuilder builder, bool isLatest)
    {
        this.series = series;
        this.builder = builder;
        this.isLatest = isLatest;
        this.memory = memory;
        this.ordinals = ordinals;
        first = new int[ordinals.Count];
    }

    /// <summary>Adds the cells of the windows in <paramref name="coverage"/>.</summary>
    public void Read(Coverage coverage)
    {
        // A pod pair of a single host pair is probed once a window or so, and its last probe may not be uploaded yet: such
        // a cell shows the window before rather than flicker.
        since = coverage.Covered.From;
        var from = isLatest ? since - Windows.LiveSeconds : since;
        var query = new WindowQuery(WindowLevel.PodPair, from, coverage.Covered.To) { Series = series };
        var rows = memory.Live(live => live.Find(query.From, query.To).SelectMany(window => window.Value.Find(query)).ToList())
            .ToLookup(row => ordinals.Find(row.Key.Row));
        for (var source = 0; source < ordinals.Count; source++)
        {
            if (rows[source] is var parts && parts.Any()) memory.Exclusively(() => AddRow(source, parts));
        }
    }

    private void AddRow(int source, IEnumerable<KeyValuePair<RowKey, Dictionary<int, Measurement>>> parts)
    {
        Array.Fill(first, -1);
        entries.Clear();
        foreach (var (key, cells) in parts)
        {
            foreach (var (cell, measurement) in cells)
            {
                var target = ordinals.Find(cell);
                if (target < 0) continue;
                entries.Add((measurement, key.Start, first[target]));
                first[target] = entries.Count - 1;
            }
        }

        for (var target = 0; target < first.Length; target++)
        {
            if (first[target] >= 0) AddCell(source, target);
        }
    }

    private void AddCell(int source, int target)
    {
        tally.Clear();
        long newest = 0, probes = 0, successes = 0;
        for (var at = first[target]; at >= 0; at = entries[at].Next) newest = Math.Max(newest, entries[at].Start);
        var oldest = newest >= since ? since : long.MinValue;
        for (var at = first[target]; at >= 0; at = entries[at].Next)
        {
            var (measurement, start, _) = entries[at];
            if (start < oldest) continue;
            tally.Add(measurement);
            if (start < newest) continue;
            probes += measurement.Probes;
            successes += measurement.Successes;
        }

        // A pair that broke must show at once, not when its last good window has left the view; but not before the
        // newest window is as full as the one before, since the first hosts to report need not speak for the pod.
        var isCutOff = isLatest && successes == 0 && probes >= tally.Probes - probes;
        builder.Add(new HeatmapCell(source, target, tally.Probes, tally.Failures, tally.Drops, tally.Quantile(0.50), tally.Quantile(0.99)), isCutOff);
    }
}
