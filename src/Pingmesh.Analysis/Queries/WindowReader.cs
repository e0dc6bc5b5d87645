using Pingmesh.Analysis.Accumulation;
using Pingmesh.Core;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Queries;

/// <summary>Where the windows of a query are, and the time they cover.</summary>
/// <param name="Covered">Whole windows.</param>
/// <param name="IsLive">Whether they are windows of 10 s in memory, else windows of 1 minute.</param>
internal readonly record struct Coverage(TimeRange Covered, bool IsLive);

/// <summary>Reads windows wherever they are: the live ones in memory, the others in the store and in memory.</summary>
internal sealed class WindowReader(IMeasurementStore store, string journalId, WindowMemory memory, TimeProvider time)
{
    // After this long without any data the live view empties.
    private const int StaleWindows = 3;

    /// <summary>The windows in memory.</summary>
    public WindowMemory Memory => memory;

    /// <summary>
    /// The windows for a range. No range is the live view: the newest window of 10 s that has data, and the one
    /// before, since the agents report a window within the next one. Ranges shorter than a minute take live windows
    /// as long as these are kept.
    /// </summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    public Coverage Locate(TimeRange? range)
    {
        var current = Windows.StartOf(time.GetUtcNow().ToUnixTimeSeconds(), Windows.LiveSeconds);
        if (range is not { } asked)
        {
            var newest = memory.Live(live => live.Newest(current)) ?? current;
            newest = Math.Max(newest, current - (StaleWindows * Windows.LiveSeconds));
            return new Coverage(new TimeRange(newest - Windows.LiveSeconds, newest + Windows.LiveSeconds), IsLive: true);
        }

        asked.Check();
        var fine = asked.Widen(Windows.LiveSeconds);
        return asked.Seconds < Windows.MinuteSeconds && fine.From >= memory.Live(live => live.KeptSince)
            ? new Coverage(fine, IsLive: true)
            : new Coverage(asked.Widen(Windows.MinuteSeconds), IsLive: false);
    }

    /// <summary>Merges the cells of located windows by group.</summary>
    public Task<GroupedSums> ReadAsync(Coverage coverage, WindowLevel level, Grouping grouping, CancellationToken cancellationToken)
    {
        var query = new WindowQuery(level, coverage.Covered.From, coverage.Covered.To);
        return coverage.IsLive ? Task.FromResult(ReadLive(query, grouping)) : ReadAsync(query, grouping, cancellationToken);
    }

    /// <summary>Merges the cells of stored windows, and of those in memory that the store does not hold yet, by group.</summary>
    public async Task<GroupedSums> ReadAsync(WindowQuery query, Grouping grouping, CancellationToken cancellationToken)
    {
        // Memory before store, see WindowMemory.Capture.
        var unflushed = memory.Capture().Select(generation => (Generation: generation, Sums: Sum(generation.Cells, query, grouping))).ToList();
        var sums = new GroupedSums();
        var marks = await store.ReadWindowsAsync(query, row => AddStored(sums, row, grouping), cancellationToken).ConfigureAwait(false);
        foreach (var (generation, its) in unflushed)
        {
            if (generation.UpTo > marks.Of(journalId)) sums.Add(its);
        }

        return sums;
    }

    private static void AddStored(GroupedSums sums, WindowRow row, Grouping grouping)
    {
        var key = new RowKey(row.Level, row.Start, row.Series, row.Row);
        foreach (var (cell, measurement) in row.Cells)
        {
            if (grouping(key, cell) is { } group) sums.Add(group, measurement, mayKeep: true);
        }
    }

    private GroupedSums ReadLive(WindowQuery query, Grouping grouping)
    {
        var sums = new GroupedSums();
        foreach (var (_, cells) in memory.Live(live => live.Find(query.From, query.To))) sums.Add(Sum(cells, query, grouping));
        return sums;
    }

    private GroupedSums Sum(WindowCells cells, WindowQuery query, Grouping grouping)
    {
        var sums = new GroupedSums();
        memory.Visit(cells, query, (key, row) =>
        {
            foreach (var (cell, measurement) in row)
            {
                if (grouping(key, cell) is { } group) sums.Add(group, measurement, mayKeep: false);
            }
        });
        return sums;
    }
}
