using System.Runtime.InteropServices;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>Which row of which window.</summary>
/// <param name="Level">The level; live windows use the levels of pods and hosts with starts of their own.</param>
/// <param name="Start">Start of the window, Unix seconds.</param>
/// <param name="Series">Kind, class and QoS.</param>
/// <param name="Row">Name id of the row.</param>
internal readonly record struct RowKey(WindowLevel Level, long Start, SeriesKey Series, int Row);

/// <summary>Measurements by window, row and cell, being added to. Not thread-safe.</summary>
internal sealed class WindowCells
{
    private readonly Dictionary<(WindowLevel Level, long Start, int Series), Dictionary<int, Dictionary<int, Measurement>>> windows = [];

    /// <summary>Cells in all rows.</summary>
    public int Count { get; private set; }

    /// <summary>All rows.</summary>
    public IEnumerable<KeyValuePair<RowKey, Dictionary<int, Measurement>>> Rows =>
        windows.SelectMany(window => window.Value, (window, row) => KeyValuePair.Create(KeyOf(window.Key, row.Key), row.Value));

    /// <summary>The rows of a window; made where it is missing.</summary>
    public Dictionary<int, Dictionary<int, Measurement>> Open(WindowLevel level, long start, SeriesKey series)
    {
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(windows, (level, start, series.Code), out _);
        return rows ??= [];
    }

    /// <summary>Adds to a cell of a window of this object.</summary>
    /// <param name="window">The window's rows.</param>
    /// <param name="row">Name id of the row.</param>
    /// <param name="cell">Name id of the cell.</param>
    /// <param name="measurement">What to add.</param>
    public void Add(Dictionary<int, Dictionary<int, Measurement>> window, int row, int cell, Measurement measurement)
    {
        ref var cells = ref CollectionsMarshal.GetValueRefOrAddDefault(window, row, out _);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(cells ??= [], cell, out var exists);
        if (!exists) Count++;
        (sum ??= new Measurement()).Merge(measurement);
    }

    /// <summary>The rows that a query asks for.</summary>
    public List<KeyValuePair<RowKey, Dictionary<int, Measurement>>> Find(WindowQuery query)
    {
        var found = new List<KeyValuePair<RowKey, Dictionary<int, Measurement>>>();
        foreach (var (window, rows) in windows)
        {
            if (window.Level != query.Level || window.Start < query.From || window.Start >= query.To || !query.Series.Matches(SeriesKey.FromCode(window.Series))) continue;
            foreach (var (row, cells) in rows)
            {
                if (query.Rows is null || query.Rows.Contains(row)) found.Add(new(KeyOf(window, row), cells));
            }
        }

        return found;
    }

    private static RowKey KeyOf((WindowLevel Level, long Start, int Series) window, int row) =>
        new(window.Level, window.Start, SeriesKey.FromCode(window.Series), row);
}
