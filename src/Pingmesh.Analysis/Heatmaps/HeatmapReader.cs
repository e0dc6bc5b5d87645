using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Core;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>Draws heatmaps. Safe for any number of threads.</summary>
public sealed class HeatmapReader
{
    /// <summary>Most hosts of a heatmap of hosts.</summary>
    public const int MostHosts = 1_000;

    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly SubjectHosts subjects;
    private readonly HeatmapThresholds thresholds;
    private readonly BaselineReader baselines;
    private readonly TimeProvider time;

    internal HeatmapReader(WindowReader windows, NameTable names, SubjectHosts subjects, HeatmapThresholds thresholds, TimeProvider time)
    {
        this.windows = windows;
        this.names = names;
        this.subjects = subjects;
        this.thresholds = thresholds;
        this.time = time;
        baselines = new BaselineReader(windows, time);
    }

    /// <summary>The heatmap that is asked for.</summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="QueryException">There are too many hosts.</exception>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Heatmap> ReadAsync(HeatmapQuery query, CancellationToken cancellationToken = default)
    {
        await names.RefreshAsync(cancellationToken);
        var topology = subjects.Topology;
        var axis = HeatmapAxis.Of(query, subjects, names);
        var coverage = windows.Locate(query.Range ?? (query.Level == HeatmapLevel.Host ? LastTenMinutes() : null), axis.Level);
        var baseline = query.WithBaseline && query.Range is { } range
            ? await baselines.ReadAsync(query, axis, range.From, cancellationToken)
            : query.Range is null ? baselines.Live(query, axis, topology.Version) : null;
        var builder = new HeatmapBuilder(thresholds, baseline);
        if (coverage.IsLive) new LiveHeatmap(windows.Memory, axis.Places, query.Series, builder, isLatest: query.Range is null).Read(coverage);
        else await ReadStoredAsync(coverage, query, axis, builder, cancellationToken);
        return builder.Build(coverage, topology.Version, query.Level, axis.Names);
    }

    private TimeRange LastTenMinutes()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return new TimeRange(now - Windows.TenMinuteSeconds, now);
    }

    private async Task ReadStoredAsync(Coverage coverage, HeatmapQuery query, HeatmapAxis axis, HeatmapBuilder builder, CancellationToken cancellationToken)
    {
        var places = axis.Places;
        Grouping pair = (row, cell) =>
            places.Find(row.Row) is >= 0 and var source && places.Find(cell) is >= 0 and var target ? IdPair.Of(source, target) : null;
        var sums = await windows.ReadAsync(coverage, axis.Level, pair, cancellationToken, query.Series);
        var tally = new CellTally();
        foreach (var (key, sum) in sums.Groups.OrderBy(group => group.Key))
        {
            tally.Clear();
            tally.Add(sum);
            builder.Add(IdPair.First(key), IdPair.Second(key), tally);
        }
    }
}
