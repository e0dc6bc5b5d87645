using Pingmesh.Core;

namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// Compaction, roll-ups and retention. Every collector of a cluster keeps it, each its share of the windows; two that do
/// the same work do no harm, since what counts is told by the commits.
/// </summary>
internal sealed class ClickHouseUpkeep(ClickHouseClient client, Commits commits, ClickHouseWindows windows, string journalId, TimeProvider time)
{
    // A compaction or roll-up that takes longer is given up: the rows it reads may be deleted by then.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // Rows that count no more, or never did, are left this long for whoever reads them just now.
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);
    private static readonly TimeSpan DeleteEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan AliveFor = TimeSpan.FromMinutes(10);

    // Late measurements reach back this far at most; see Retention.LongestLateness.
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(8);

    private DateTimeOffset lastDeleted;
    private long lookedAt;

    /// <summary>Compacts one window that ended by then, or rolls up one; returns whether there was one.</summary>
    public async Task<bool> CompactAsync(long endedBy, CancellationToken cancellationToken)
    {
        // Mostly only the last hours change; every now and then all that late measurements may have changed is looked at.
        var thorough = endedBy - lookedAt >= Windows.HourSeconds || lookedAt > endedBy;
        var since = endedBy - (thorough ? (long)LookBack.TotalSeconds : 2 * Windows.DaySeconds);
        var state = await commits.ReadWindowsAsync(WindowLevels.All, since, endedBy, cancellationToken).ConfigureAwait(false);
        var alive = await commits.ReadAliveAsync(time.GetUtcNow() - AliveFor, cancellationToken).ConfigureAwait(false);
        foreach (var (code, start) in state.Windows.Order())
        {
            if (code is Commits.Mark or Commits.Records || !IsMine(code, start, alive)) continue;
            var level = (WindowLevel)code;
            if (level.Below() is not null || start + level.LengthSeconds() > endedBy || state.Counting(code, start) is not { Count: > 1 } parts) continue;
            await MergeAsync(parts, level, level, start, [.. parts.SelectMany(part => part.IsOriginal ? [part.Flush] : part.Replaces)], 0, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (FindDue(state, since, endedBy, alive) is { } due)
        {
            await RollUpAsync(due.Level, due.Start, state, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (thorough) lookedAt = endedBy;
        return false;
    }

    /// <summary>Drops what is too old, and from time to time deletes what does not count; returns false: all is done at once.</summary>
    public async Task<bool> ExpireAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var level in WindowLevels.All)
        {
            // Only partitions that are too old as a whole, and in their roll-up.
            var before = (now - retention.Of(level)).ToUnixTimeSeconds() - level.LengthSeconds();
            var length = level.LengthSeconds() switch { Windows.HourSeconds => 7 * Windows.DaySeconds, Windows.DaySeconds => 365 * Windows.DaySeconds, _ => Windows.DaySeconds };
            await DropAsync("windows", $"({(int)level},", before / length, cancellationToken).ConfigureAwait(false);
        }

        await DropAsync("evidence", "", (now - retention.Evidence).ToUnixTimeSeconds() / Windows.DaySeconds, cancellationToken).ConfigureAwait(false);
        await DropAsync("noise", "", (now - retention.TenMinutes).ToUnixTimeSeconds() / Windows.DaySeconds, cancellationToken).ConfigureAwait(false);
        if (now - lastDeleted < DeleteEvery) return false;
        lastDeleted = now;
        await DeleteAsync(retention, now, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private (WindowLevel Level, long Start)? FindDue(CommitState state, long since, long endedBy, IReadOnlyList<ulong> alive)
    {
        foreach (var level in WindowLevels.RolledUp)
        {
            long length = level.LengthSeconds();
            var below = level.Below()!.Value;
            var starts = state.Windows.Where(window => window.Level == (int)below).Select(window => window.Start - (window.Start % length)).Distinct();
            foreach (var start in starts.Order())
            {
                // Its first windows were not read: it is too old to have changed.
                if (start < since || start + length > endedBy || !IsMine((int)level, start, alive) || state.IsComplete(level, start)) continue;
                if (below.Below() is null || AreComplete(state, below, start, length)) return (level, start);
            }
        }

        return null;
    }

    private static bool AreComplete(CommitState state, WindowLevel level, long start, long length)
    {
        for (var at = start; at < start + length; at += level.LengthSeconds())
        {
            if (!state.IsComplete(level, at)) return false;
        }

        return true;
    }

    private Task RollUpAsync(WindowLevel level, long start, CommitState state, CancellationToken cancellationToken)
    {
        var below = level.Below()!.Value;
        var written = below.Below() ?? below;
        var parts = new List<Commit>();
        for (var at = start; at < start + level.LengthSeconds(); at += below.LengthSeconds()) parts.AddRange(state.Counting((int)below, at));
        return MergeAsync(parts, below, level, start, [], state.SourcesIn(new WindowSpan(written, start, start + level.LengthSeconds())), cancellationToken);
    }

    private async Task MergeAsync(
        IReadOnlyList<Commit> parts, WindowLevel from, WindowLevel to, long start, IReadOnlyList<ulong> replaces, ulong sources, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var tag = commits.NewTag();
        await windows.MergeAsync(from, [.. parts.Select(part => (part.Start, part.Flush))], to, start, tag, cancellationToken).ConfigureAwait(false);
        if (time.GetElapsedTime(began) > Longest) throw new StoreUnavailableException($"merging the windows of {DateTimeOffset.FromUnixTimeSeconds(start):u} took too long; it is tried again", isFull: false);
        await commits.WriteAsync([new Commit((int)to, start, tag, replaces, sources)], cancellationToken).ConfigureAwait(false);
    }

    // Each window is kept by one of the collectors that are alive, and when none has told of itself yet, by this one.
    private bool IsMine(int level, long start, IReadOnlyList<ulong> alive)
    {
        var me = Commits.HashOf(journalId);
        return !alive.Contains(me) || alive[(int)((ulong)((start / Windows.MinuteSeconds) + level) % (ulong)alive.Count)] == me;
    }

    private async Task DropAsync(string table, string prefix, long before, CancellationToken cancellationToken)
    {
        foreach (var node in client.Settings.Urls)
        {
            var local = client.Settings.Local(table);
            var partitions = await client.ValueAsync(
                $"SELECT DISTINCT partition FROM system.parts WHERE active AND database = '{client.Settings.Database}' AND table = '{table}_local'", cancellationToken, node).ConfigureAwait(false);
            foreach (var partition in partitions.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!partition.StartsWith(prefix, StringComparison.Ordinal) || !long.TryParse(partition[prefix.Length..].TrimEnd(')'), out var number) || number >= before) continue;
                await client.RunAsync($"ALTER TABLE {local} DROP PARTITION {partition}", cancellationToken, node).ConfigureAwait(false);
            }
        }
    }

    private async Task DeleteAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var limit = Commits.TagAt(now - Grace);
        var state = await commits.ReadWindowsAsync(WindowLevels.All, (now - LookBack).ToUnixTimeSeconds(), now.ToUnixTimeSeconds(), cancellationToken).ConfigureAwait(false);
        var dead = state.Windows.SelectMany(window => state.Dead(window.Level, window.Start)).Where(commit => commit.Flush < limit)
            .GroupBy(commit => commit.Level).ToList();
        foreach (var level in dead)
        {
            var condition = ClickHouseWindows.ConditionOf((WindowLevel)level.Key, [.. level.Select(commit => (commit.Start, commit.Flush))]);
            await client.RunEverywhereAsync($"ALTER TABLE {client.Settings.Local("windows")} DELETE WHERE {condition}", cancellationToken).ConfigureAwait(false);
        }

        // The commits of what is gone. Those of flushes stay as long as their windows: roll-ups count them.
        var local = client.Settings.Local("commits");
        foreach (var level in WindowLevels.All)
        {
            var before = (now - retention.Of(level)).ToUnixTimeSeconds() - level.LengthSeconds() - (7 * Windows.DaySeconds);
            await client.RunEverywhereAsync($"ALTER TABLE {local} DELETE WHERE level = {(int)level} AND toUInt32(start) < {Commits.Clamp(before)}", cancellationToken).ConfigureAwait(false);
        }

        var records = Commits.TagAt(now - retention.TenMinutes - TimeSpan.FromDays(1));
        await client.RunEverywhereAsync($"ALTER TABLE {local} DELETE WHERE level = {Commits.Records} AND flush < {records}", cancellationToken).ConfigureAwait(false);
    }
}
