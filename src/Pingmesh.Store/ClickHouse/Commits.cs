using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// The log of what counts. ClickHouse has no transactions, so rows are inserted with a tag that nothing else has, and
/// count from the moment in which the tag is committed here, by a single insert of a single block. An attempt that
/// failed halfway leaves rows that never count, and are deleted in time.
/// </summary>
internal sealed class Commits(ClickHouseClient client, TimeProvider time)
{
    /// <summary>In the place of a level: up to where a journal is taken in.</summary>
    public const int Mark = 0;

    /// <summary>In the place of a level: evidence and noise of a flush.</summary>
    public const int Records = 100;

    // A tag is a time in milliseconds and chance, so that it also tells when it was drawn.
    private const int RandomBits = 20;

    private const string Columns = "level, start, flush, replaces, sources, journal, up_to, at";

    private string Table => client.Settings.Table("commits");

    /// <summary>A tag that nothing else has.</summary>
    public ulong NewTag() => TagAt(time.GetUtcNow()) | (uint)RandomNumberGenerator.GetInt32(1 << RandomBits);

    /// <summary>The smallest tag that may have been drawn at a time.</summary>
    public static ulong TagAt(DateTimeOffset at) => (ulong)Math.Max(0, at.ToUnixTimeMilliseconds()) << RandomBits;

    /// <summary>A number for a text, the same everywhere.</summary>
    public static ulong HashOf(string text) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, sizeof(ulong)));

    /// <summary>The line that takes a journal up to a position.</summary>
    public static Commit MarkOf(string journal, long upTo) => new(Mark, 0, HashOf(journal), [], 0, journal, upTo);

    /// <summary>Writes commits: all of them count from then on, or none does. The same may be written again.</summary>
    public Task WriteAsync(IReadOnlyList<Commit> commits, CancellationToken cancellationToken)
    {
        var writer = new RowBinaryWriter();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var commit in commits)
        {
            writer.UInt8(commit.Level);
            writer.DateTime(commit.Start);
            writer.UInt64(commit.Flush);
            writer.Length(commit.Replaces.Count);
            foreach (var replaced in commit.Replaces) writer.UInt64(replaced);
            writer.UInt64(commit.Sources);
            writer.Text(commit.Journal);
            writer.UInt64((ulong)commit.UpTo);
            writer.DateTime(now);
        }

        return client.InsertAsync(Table, Columns, writer.Written, cancellationToken);
    }

    /// <summary>The marks alone.</summary>
    public Task<CommitState> ReadMarksAsync(CancellationToken cancellationToken) => ReadAsync($"level = {Mark}", cancellationToken);

    /// <summary>The marks, and the commits of some levels whose windows start in [from, to).</summary>
    public Task<CommitState> ReadWindowsAsync(IEnumerable<WindowLevel> levels, long from, long to, CancellationToken cancellationToken) =>
        ReadAsync(
            $"level = {Mark} OR (level IN ({string.Join(',', levels.Select(level => (int)level))}) AND toUInt32(start) >= {Clamp(from)} AND toUInt32(start) < {Clamp(to)})", cancellationToken);

    /// <summary>The marks, and the tags of evidence and noise that were drawn at a time or later.</summary>
    public async Task<(CommitState State, IReadOnlyList<ulong> Tags)> ReadRecordsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var tags = new HashSet<ulong>();
        var state = await ReadAsync($"level = {Mark} OR (level = {Records} AND flush >= {TagAt(since)})", cancellationToken, commit =>
        {
            if (commit.Level == Records) tags.Add(commit.Flush);
        }).ConfigureAwait(false);
        return (state, [.. tags]);
    }

    /// <summary>Journals that took something in since a time, by their hash, ascending: the collectors that are alive.</summary>
    public async Task<IReadOnlyList<ulong>> ReadAliveAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var alive = new SortedSet<ulong>();
        await client.QueryAsync(
            $"SELECT DISTINCT flush FROM {Table} WHERE level = {Mark} AND at >= toDateTime({since.ToUnixTimeSeconds()})", row => alive.Add(row.UInt64()), cancellationToken).ConfigureAwait(false);
        return [.. alive];
    }

    /// <summary>A number as ClickHouse's 32 bits of time.</summary>
    public static long Clamp(long unixSeconds) => Math.Clamp(unixSeconds, 0, uint.MaxValue);

    /// <summary>Numbers as a list in a statement.</summary>
    public static string List(IEnumerable<ulong> numbers) => string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private async Task<CommitState> ReadAsync(string condition, CancellationToken cancellationToken, Action<Commit>? also = null)
    {
        var commits = new List<Commit>();
        await client.QueryAsync(
            $"SELECT level, start, flush, replaces, sources, journal, up_to FROM {Table} WHERE {condition}",
            row =>
            {
                var (level, start, flush) = (row.UInt8(), row.DateTime(), row.UInt64());
                var replaces = new ulong[row.Length()];
                for (var i = 0; i < replaces.Length; i++) replaces[i] = row.UInt64();
                var commit = new Commit(level, start, flush, replaces, row.UInt64(), row.Text(), (long)row.UInt64());
                commits.Add(commit);
                also?.Invoke(commit);
            },
            cancellationToken).ConfigureAwait(false);
        return new CommitState(commits);
    }
}
