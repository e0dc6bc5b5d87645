using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>Draws heatmaps. Safe for any number of threads.</summary>
public sealed class HeatmapReader
{
    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly Func<Topology> topology;
    private readonly HeatmapThresholds thresholds;

    internal HeatmapReader(WindowReader windows, NameTable names, Func<Topology> topology, HeatmapThresholds thresholds)
    {
        this.windows = windows;
        this.names = names;
        this.topology = topology;
        this.thresholds = thresholds;
    }

    /// <summary>The heatmap of a range, or of the live view when it is null; see <see cref="Slas.SlaQuery"/> about ranges.</summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Heatmap> ReadAsync(TimeRange? range = null, CancellationToken cancellationToken = default)
    {
        var coverage = windows.Locate(range);
        var current = topology();
        var ordinals = new PodOrdinals(names, current);
        return coverage.IsLive
            ? new LiveHeatmap(windows.Memory, ordinals, thresholds, isLatest: range is null).Read(coverage, current)
            : await ReadStoredAsync(coverage, current, ordinals, cancellationToken);
    }

    private async Task<Heatmap> ReadStoredAsync(Coverage coverage, Topology current, PodOrdinals ordinals, CancellationToken cancellationToken)
    {
        Grouping pair = (row, cell) =>
            ordinals.Find(row.Row) is >= 0 and var source && ordinals.Find(cell) is >= 0 and var target ? IdPair.Of(source, target) : null;
        var sums = await windows.ReadAsync(coverage, WindowLevel.PodPair, pair, cancellationToken);
        var builder = new HeatmapBuilder(thresholds);
        var tally = new CellTally();
        foreach (var (key, sum) in sums.Groups.OrderBy(group => group.Key))
        {
            tally.Clear();
            tally.Add(sum);
            builder.Add(IdPair.First(key), IdPair.Second(key), tally);
        }

        return builder.Build(coverage, current);
    }
}
