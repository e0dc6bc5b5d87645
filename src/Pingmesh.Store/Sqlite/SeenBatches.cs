using Microsoft.Data.Sqlite;
using Pingmesh.Store.Journal;

namespace Pingmesh.Store.Sqlite;

/// <summary>
/// The memory of all accepted batches: per (host, epoch) its sequences as intervals, in memory and in the file. A
/// change is made on copies and taken over after the commit. Not thread-safe.
/// </summary>
internal sealed class SeenBatches
{
    private readonly Dictionary<(string Host, ulong Epoch), SequenceSet> epochs = [];

    /// <summary>Reads the file's.</summary>
    public static SeenBatches Load(SqliteConnection connection)
    {
        var seen = new SeenBatches();
        using var command = connection.Command("SELECT host, epoch, first, last FROM seen ORDER BY host, epoch, first");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var key = (reader.GetString(0), unchecked((ulong)reader.GetInt64(1)));
            if (!seen.epochs.TryGetValue(key, out var set)) seen.epochs[key] = set = new SequenceSet();
            set.Append(new SequenceInterval(reader.GetInt64(2), reader.GetInt64(3)));
        }

        return seen;
    }

    /// <summary>A change to come, written through <paramref name="connection"/> in its open transaction.</summary>
    public Change Begin(SqliteConnection connection, long nowUnixSeconds) => new(this, connection, nowUnixSeconds);

    /// <summary>Forgets epochs that the file no longer holds.</summary>
    public void Remove(IEnumerable<(string Host, ulong Epoch)> gone)
    {
        foreach (var key in gone) epochs.Remove(key);
    }

    /// <summary>Batches being marked as seen in one transaction.</summary>
    internal sealed class Change(SeenBatches seen, SqliteConnection connection, long nowUnixSeconds) : IDisposable
    {
        private readonly Dictionary<(string Host, ulong Epoch), SequenceSet> changed = [];

        private readonly SqliteCommand write = connection.Command(
            """
            INSERT INTO seen (host, epoch, first, last, touched) VALUES ($host, $epoch, $first, $last, $touched)
            ON CONFLICT DO UPDATE SET last = excluded.last, touched = excluded.touched
            """,
            "$host", "$epoch", "$first", "$last", "$touched");

        private readonly SqliteCommand remove = connection.Command(
            "DELETE FROM seen WHERE host = $host AND epoch = $epoch AND first = $first", "$host", "$epoch", "$first");

        /// <summary>Marks a batch as seen, unless it was.</summary>
        public AppendStatus Add(string host, ulong epoch, long sequence)
        {
            var key = (host, epoch);
            if (!changed.TryGetValue(key, out var set)) set = seen.epochs.GetValueOrDefault(key);
            if (set is not null && set.Contains(sequence)) return AppendStatus.Duplicate;
            if (set is { IsFull: true }) return AppendStatus.TooManyGaps;
            if (!changed.ContainsKey(key)) changed[key] = set = set?.Copy() ?? new SequenceSet();

            var change = set!.Add(sequence);
            var storedEpoch = unchecked((long)epoch);
            if (change.RemovedFirst is { } removed) remove.Run(host, storedEpoch, removed);
            write.Run(host, storedEpoch, change.Written.First, change.Written.Last, nowUnixSeconds);
            return AppendStatus.New;
        }

        /// <summary>Takes the change over into memory, after its commit; its commands may have ended before.</summary>
        public void Committed()
        {
            foreach (var (key, set) in changed) seen.epochs[key] = set;
        }

        public void Dispose()
        {
            write.Dispose();
            remove.Dispose();
        }
    }
}
