namespace Pingmesh.Store.ClickHouse;

/// <summary>A state of the commits, read at once: everything that counts can be told from it.</summary>
internal sealed class CommitState
{
    private readonly Dictionary<(int Level, long Start), List<Commit>> windows = [];

    public CommitState(IEnumerable<Commit> commits)
    {
        var marks = new Dictionary<string, long>(StringComparer.Ordinal);
        var known = new HashSet<(int, long, ulong)>();
        foreach (var commit in commits)
        {
            if (commit.Level == Commits.Mark)
            {
                marks[commit.Journal] = Math.Max(marks.GetValueOrDefault(commit.Journal), commit.UpTo);
                continue;
            }

            // A commit that was sent again stands there twice until the tables are merged.
            if (!known.Add((commit.Level, commit.Start, commit.Flush))) continue;
            var key = (commit.Level, commit.Start);
            if (!windows.TryGetValue(key, out var its)) windows[key] = its = [];
            its.Add(commit);
        }

        Marks = new FlushMarks(marks);
    }

    /// <summary>Up to where journals are taken in.</summary>
    public FlushMarks Marks { get; }

    /// <summary>The windows that have commits.</summary>
    public IEnumerable<(int Level, long Start)> Windows => windows.Keys;

    /// <summary>
    /// The tags that count for a window. Of compactions the one that has merged the most does: each was made of a state
    /// that the larger one's includes. Of roll-ups the one that has seen the most.
    /// </summary>
    public IReadOnlyList<Commit> Counting(int level, long start)
    {
        if (!windows.TryGetValue((level, start), out var its)) return [];
        if (its.Where(commit => commit.Sources > 0).OrderBy(commit => commit.Sources).ThenBy(commit => commit.Flush).LastOrDefault() is { } rollUp) return [rollUp];
        if (its.Where(commit => commit.Replaces.Count > 0).OrderBy(commit => commit.Replaces.Count).ThenBy(commit => commit.Flush).LastOrDefault() is not { } merged)
            return its;
        var replaced = merged.Replaces.ToHashSet();
        return [merged, .. its.Where(commit => commit.IsOriginal && !replaced.Contains(commit.Flush))];
    }

    /// <summary>The tags that count no more for a window.</summary>
    public IEnumerable<Commit> Dead(int level, long start) => windows.TryGetValue((level, start), out var its) ? its.Except(Counting(level, start)) : [];

    /// <summary>How many flushes have written to the windows of a level that start in a span.</summary>
    public ulong SourcesIn(WindowSpan span)
    {
        ulong count = 0;
        for (var start = span.From; start < span.To; start += span.Level.LengthSeconds())
        {
            if (windows.TryGetValue(((int)span.Level, start), out var its)) count += (ulong)its.Count(commit => commit.IsOriginal);
        }

        return count;
    }

    /// <summary>Whether a roll-up has seen every flush to the windows that it is made of.</summary>
    public bool IsComplete(WindowLevel level, long start)
    {
        var written = level;
        while (written.Below() is { } below) written = below;
        var seen = Counting((int)level, start) is [{ } commit] ? commit.Sources : 0;
        return seen >= SourcesIn(new WindowSpan(written, start, start + level.LengthSeconds()));
    }
}
