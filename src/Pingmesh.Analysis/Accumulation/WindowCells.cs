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

/// <summary>Measurements by row and cell, being added to. Not thread-safe.</summary>
internal sealed class WindowCells
{
    private readonly Dictionary<RowKey, Dictionary<int, Measurement>> rows = [];

    /// <summary>Cells in all rows.</summary>
    public int Count { get; private set; }

    /// <summary>All rows.</summary>
    public IReadOnlyDictionary<RowKey, Dictionary<int, Measurement>> Rows => rows;

    /// <summary>The row of that key; made where it is missing.</summary>
    public Dictionary<int, Measurement> Row(in RowKey key)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, key, out _);
        return row ??= [];
    }

    /// <summary>Adds to a cell of one of this object's rows.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cell">Name id of the cell.</param>
    /// <param name="measurement">What to add.</param>
    /// <param name="mayKeep">Whether the cell may become <paramref name="measurement"/> itself, which nobody else changes then.</param>
    public void Add(Dictionary<int, Measurement> row, int cell, Measurement measurement, bool mayKeep = false)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(row, cell, out var exists);
        if (!exists) Count++;
        if (exists || !mayKeep) (sum ??= new Measurement()).Merge(measurement);
        else sum = measurement;
    }

    /// <summary>The rows of a level whose windows start in [from, to).</summary>
    public List<KeyValuePair<RowKey, Dictionary<int, Measurement>>> Find(WindowQuery query)
    {
        var found = new List<KeyValuePair<RowKey, Dictionary<int, Measurement>>>();
        foreach (var pair in rows)
        {
            var key = pair.Key;
            if (key.Level == query.Level && key.Start >= query.From && key.Start < query.To && query.Matches(key.Series, key.Row))
                found.Add(pair);
        }

        return found;
    }
}
