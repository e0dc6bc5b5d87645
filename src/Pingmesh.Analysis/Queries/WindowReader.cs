using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Queries;

/// <summary>Where the windows of a query are, and the time they cover.</summary>
/// <param name="Covered">Whole windows.</param>
/// <param name="IsLive">Whether they are windows of 10 s in memory, else stored ones.</param>
/// <param name="IsComplete">Whether no measurement of that time can come any more.</param>
internal readonly record struct Coverage(TimeRange Covered, bool IsLive, bool IsComplete = false);

/// <summary>Reads windows wherever they are: the live ones in memory, the others in the store and in memory.</summary>
internal sealed class WindowReader(IMeasurementStore store, string journalId, WindowMemory memory, NameTable names, Retention retention, TimeProvider time)
{
    // After this long without any data the live view empties.
    private const int StaleWindows = 3;

    /// <summary>The windows in memory.</summary>
    public WindowMemory Memory => memory;

    /// <summary>
    /// The windows for a range. No range is the live view: the newest window of 10 s that has data, and the one
    /// before, since the agents report a window within the next one. Ranges shorter than a minute take live windows
    /// as long as these are kept. Other ranges are widened to whole windows of a level, or of its roll-up where the range
    /// begins before what is kept of the level itself.
    /// </summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    public Coverage Locate(TimeRange? range, WindowLevel level = WindowLevel.PodPair)
    {
        var now = time.GetUtcNow();
        var current = Windows.StartOf(now.ToUnixTimeSeconds(), Windows.LiveSeconds);
        if (range is not { } asked)
        {
            var newest = memory.Live(live => live.Newest(current)) ?? current;
            newest = Math.Max(newest, current - (StaleWindows * Windows.LiveSeconds));
            return new Coverage(new TimeRange(newest - Windows.LiveSeconds, newest + Windows.LiveSeconds), IsLive: true);
        }

        asked.Check();
        var fine = asked.Widen(Windows.LiveSeconds);
        if (level.LengthSeconds() == Windows.MinuteSeconds && asked.Seconds < Windows.MinuteSeconds && fine.From >= memory.Live(live => live.KeptSince))
            return new Coverage(fine, IsLive: true);

        var covered = asked.Widen(ShortestKeptSeconds(level, asked));
        return new Coverage(covered, IsLive: false, covered.To <= (now - retention.Lateness).ToUnixTimeSeconds());
    }

    /// <summary>Length in seconds of the shortest windows that are kept of all of a range: of a level, or of a roll-up of it.</summary>
    public int ShortestKeptSeconds(WindowLevel level, TimeRange range)
    {
        var now = time.GetUtcNow();
        while (level.Above() is { } above && range.Widen(level.LengthSeconds()).From < (now - retention.Of(level)).ToUnixTimeSeconds()) level = above;
        return level.LengthSeconds();
    }

    /// <summary>Merges the cells of located windows by group.</summary>
    public Task<GroupedSums> ReadAsync(Coverage coverage, WindowLevel level, Grouping grouping, CancellationToken cancellationToken, SeriesFilter series = default)
    {
        var query = new WindowQuery(level, coverage.Covered.From, coverage.Covered.To) { Series = series, LongestSeconds = Windows.DaySeconds, MayMergeTime = true };
        return coverage.IsLive ? Task.FromResult(ReadLive(query, grouping)) : ReadAsync(query, grouping, cancellationToken);
    }

    /// <summary>Merges the cells of stored windows, and of those in memory that the store does not hold yet, by group.</summary>
    public Task<GroupedSums> ReadAsync(WindowQuery query, Grouping grouping, CancellationToken cancellationToken) =>
        ReadAsync(query, () => new GroupedSums(grouping), cancellationToken);

    /// <summary>Sums up the cells of stored windows, and of those in memory that the store does not hold yet.</summary>
    /// <param name="query">Which windows.</param>
    /// <param name="begin">Makes an empty sum.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T> ReadAsync<T>(WindowQuery query, Func<T> begin, CancellationToken cancellationToken)
        where T : ICellSum<T>
    {
        // Memory before store, see WindowMemory.Capture.
        var unflushed = memory.Capture().Select(generation => (Generation: generation, Sum: Sum(generation, query, begin))).ToList();
        await names.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var sum = begin();
        var marks = await store.ReadWindowsAsync(query, row => AddStored(sum, row), cancellationToken).ConfigureAwait(false);
        foreach (var (generation, its) in unflushed)
        {
            if (generation.UpTo > marks.Of(journalId)) sum.Add(its);
        }

        return sum;
    }

    private static void AddStored<T>(T sum, WindowRow row)
        where T : ICellSum<T>
    {
        var key = new RowKey(row.Level, row.Start, row.Series, row.Row);
        foreach (var (cell, measurement) in row.Cells) sum.Add(key, cell, measurement, mayKeep: true);
    }

    private GroupedSums ReadLive(WindowQuery query, Grouping grouping)
    {
        var sums = new GroupedSums(grouping);
        foreach (var (_, cells) in memory.Live(live => live.Find(query.From, query.To))) memory.Visit(cells, query, (key, row) => Add(sums, key, row, mayKeep: false));
        return sums;
    }

    private T Sum<T>(Generation generation, WindowQuery query, Func<T> begin)
        where T : ICellSum<T>
    {
        var sum = begin();
        memory.Visit(generation, query, (key, row, isOwn) => Add(sum, key, row, isOwn));
        return sum;
    }

    private static void Add<T>(T sum, RowKey key, Dictionary<int, Measurement> row, bool mayKeep)
        where T : ICellSum<T>
    {
        foreach (var (cell, measurement) in row) sum.Add(key, cell, measurement, mayKeep);
    }
}
