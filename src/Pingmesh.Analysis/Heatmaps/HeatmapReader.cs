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

    private const int RowsAtOnce = 64;

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

    // Some rows at a time, on all cores: the cells of a whole map would fill the memory.
    private async Task ReadStoredAsync(Coverage coverage, HeatmapQuery query, HeatmapAxis axis, HeatmapBuilder builder, CancellationToken cancellationToken)
    {
        var places = axis.Places;
        var reading = new Queue<Task<List<HeatmapCell>>>();
        for (var first = 0; first < places.Count || reading.Count > 0; first += RowsAtOnce)
        {
            if (first < places.Count)
            {
                var some = new WindowQuery(axis.Level, coverage.Covered.From, coverage.Covered.To)
                {
                    Rows = places.IdsAt(first, RowsAtOnce), Series = query.Series, LongestSeconds = Windows.DaySeconds, MayMergeTime = true,
                };
                var (from, rows) = (first, Math.Min(RowsAtOnce, places.Count - first));
                reading.Enqueue(Task.Run(async () => (await windows.ReadAsync(some, () => new HeatmapRows(places, from, rows), cancellationToken)).ToCells(), cancellationToken));
                if (reading.Count < Environment.ProcessorCount) continue;
            }

            foreach (var cell in await reading.Dequeue()) builder.Add(cell);
        }
    }
}
