using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>The cells of some rows of a heatmap, each at its place. Not thread-safe.</summary>
/// <param name="places">Where names belong.</param>
/// <param name="first">Place of the first row.</param>
/// <param name="rows">How many rows.</param>
internal sealed class HeatmapRows(NameOrdinals places, int first, int rows) : ICellSum<HeatmapRows>
{
    private readonly Measurement?[] cells = new Measurement?[rows * places.Count];

    /// <inheritdoc/>
    public void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep)
    {
        var (source, target) = (places.Find(row.Row) - first, places.Find(cell));
        if (source < 0 || source >= rows || target < 0) return;
        Add((source * places.Count) + target, measurement, mayKeep);
    }

    /// <inheritdoc/>
    public void Add(HeatmapRows other)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (other.cells[i] is { } measurement) Add(i, measurement, mayKeep: true);
        }
    }

    /// <summary>The cells with probes, by source and then target.</summary>
    public List<HeatmapCell> ToCells()
    {
        var found = new List<HeatmapCell>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] is not { } sum) continue;
            found.Add(new HeatmapCell(first + (i / places.Count), i % places.Count, sum.Probes, sum.Failures, sum.Drops, sum.Quantile(0.50), sum.Quantile(0.99)));
        }

        return found;
    }

    private void Add(int at, Measurement measurement, bool mayKeep)
    {
        if (cells[at] is { } sum) sum.Merge(measurement);
        else if (mayKeep) cells[at] = measurement;
        else (cells[at] = new Measurement()).Merge(measurement);
    }
}
