namespace Pingmesh.Store;

/// <summary>Windows of one level that start in [From, To).</summary>
/// <param name="Level">The level.</param>
/// <param name="From">Start of the first one, Unix seconds.</param>
/// <param name="To">End, Unix seconds.</param>
public readonly record struct WindowSpan(WindowLevel Level, long From, long To);

/// <summary>
/// Which windows answer a query: the longest ones that are complete and lie within its range, shorter ones at its edges
/// and where a roll-up is not made yet. The spans do not overlap, so that their sum is that of the shortest windows.
/// </summary>
public static class WindowPlan
{
    /// <summary>The spans for <paramref name="query"/>, none empty, in no particular order.</summary>
    /// <param name="query">The query.</param>
    /// <param name="incomplete">
    /// Starts of the incomplete windows of a roll-up level within [from, to), ascending; asked for levels up to
    /// <see cref="WindowQuery.LongestSeconds"/>.
    /// </param>
    public static IReadOnlyList<WindowSpan> Of(WindowQuery query, Func<WindowSpan, IReadOnlyList<long>> incomplete)
    {
        var levels = new List<WindowLevel> { query.Level };
        while (levels[^1].Above() is { } above && above.LengthSeconds() <= query.LongestSeconds) levels.Add(above);
        var spans = new List<WindowSpan>();
        Cover(query.From, query.To, levels, levels.Count - 1, incomplete, spans);
        return spans;
    }

    private static void Cover(
        long from, long to, List<WindowLevel> levels, int at, Func<WindowSpan, IReadOnlyList<long>> incomplete, List<WindowSpan> spans)
    {
        if (from >= to) return;
        var level = levels[at];
        if (at == 0)
        {
            spans.Add(new WindowSpan(level, from, to));
            return;
        }

        // The whole windows of this level within the range; what is before and after them is for shorter ones.
        long length = level.LengthSeconds();
        var first = (from + length - 1) / length * length;
        var end = to / length * length;
        if (first >= end)
        {
            Cover(from, to, levels, at - 1, incomplete, spans);
            return;
        }

        Cover(from, first, levels, at - 1, incomplete, spans);
        Cover(end, to, levels, at - 1, incomplete, spans);
        var done = first;
        foreach (var start in incomplete(new WindowSpan(level, first, end)))
        {
            if (done < start) spans.Add(new WindowSpan(level, done, start));
            Cover(start, start + length, levels, at - 1, incomplete, spans);
            done = start + length;
        }

        if (done < end) spans.Add(new WindowSpan(level, done, end));
    }
}
