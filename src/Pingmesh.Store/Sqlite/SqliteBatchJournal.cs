using Microsoft.Data.Sqlite;
using Pingmesh.Store.Journal;
using SQLitePCL;

namespace Pingmesh.Store.Sqlite;

/// <summary>The journal in the store's file.</summary>
internal sealed class SqliteBatchJournal : IBatchJournal
{
    private const int ReadStep = 64;
    private const int ForgetStep = 1_000;

    private readonly SqliteFile file;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly SeenBatches seen;
    private JournalSize size;

    public SqliteBatchJournal(SqliteFile file, TimeProvider time)
    {
        this.file = file;
        this.time = time;
        (Id, seen, size) = file.Read(connection =>
        {
            using var id = connection.Command("SELECT id FROM journal_identity");
            return ((string)id.ExecuteScalar()!, SeenBatches.Load(connection), ReadSize(connection));
        });
    }

    public string Id { get; }

    public JournalSize Size
    {
        get
        {
            lock (gate) return size;
        }
    }

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<JournalBatch> batches)
    {
        lock (gate)
        {
            var (change, results) = file.Write(connection =>
            {
                // Its commands end here, under the writer's lock: the connection is no other thread's until then.
                using var change = seen.Begin(connection, time.GetUtcNow().ToUnixTimeSeconds());
                return (change, Insert(connection, change, batches));
            });
            change.Committed();
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i].Status == AppendStatus.New) size = new(size.Batches + 1, size.Bytes + batches[i].Body.Length);
            }

            return results;
        }
    }

    public IEnumerable<JournalEntry> Read(long after)
    {
        while (true)
        {
            var entries = file.Read(connection => ReadSome(connection, after));
            foreach (var entry in entries) yield return entry;
            if (entries.Count == 0) yield break;
            after = entries[^1].Position;
        }
    }

    public void Forget(long upTo)
    {
        // In steps, so that an append in between does not wait for all of it.
        while (file.Write(connection => Delete(connection, upTo)) > 0)
        {
        }

        lock (gate) size = file.Read(ReadSize);
    }

    public bool ForgetEpochs(DateTimeOffset idleSince)
    {
        lock (gate)
        {
            var gone = file.Write(connection => DeleteEpochs(connection, idleSince.ToUnixTimeSeconds()));
            seen.Remove(gone);
            return gone.Count > 0;
        }
    }

    private static AppendResult[] Insert(SqliteConnection connection, SeenBatches.Change change, IReadOnlyList<JournalBatch> batches)
    {
        var results = new AppendResult[batches.Count];
        using var insert = connection.Command("INSERT INTO journal (body) VALUES ($body)", "$body");
        for (var i = 0; i < batches.Count; i++)
        {
            var (host, epoch, sequence, body) = batches[i];
            var status = change.Add(host, epoch, sequence);
            if (status != AppendStatus.New)
            {
                results[i] = new AppendResult(status, 0);
                continue;
            }

            insert.Run(body.ToArray());
            results[i] = new AppendResult(status, raw.sqlite3_last_insert_rowid(connection.Handle));
        }

        return results;
    }

    private static List<JournalEntry> ReadSome(SqliteConnection connection, long after)
    {
        using var command = connection.Command(
            $"SELECT position, body FROM journal WHERE position > $after ORDER BY position LIMIT {ReadStep}", "$after");
        using var reader = command.With(after).ExecuteReader();
        var entries = new List<JournalEntry>();
        while (reader.Read()) entries.Add(new JournalEntry(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return entries;
    }

    private static int Delete(SqliteConnection connection, long upTo)
    {
        using var command = connection.Command(
            $"DELETE FROM journal WHERE position IN (SELECT position FROM journal WHERE position <= $upTo ORDER BY position LIMIT {ForgetStep})",
            "$upTo");
        return command.Run(upTo);
    }

    private static List<(string Host, ulong Epoch)> DeleteEpochs(SqliteConnection connection, long idleSince)
    {
        var gone = new List<(string Host, ulong Epoch)>();
        using (var find = connection.Command(
            $"SELECT host, epoch FROM seen GROUP BY host, epoch HAVING max(touched) < $idle LIMIT {ForgetStep}", "$idle"))
        {
            using var reader = find.With(idleSince).ExecuteReader();
            while (reader.Read()) gone.Add((reader.GetString(0), unchecked((ulong)reader.GetInt64(1))));
        }

        using var delete = connection.Command("DELETE FROM seen WHERE host = $host AND epoch = $epoch", "$host", "$epoch");
        foreach (var (host, epoch) in gone) delete.Run(host, unchecked((long)epoch));
        return gone;
    }

    private static JournalSize ReadSize(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT count(*), coalesce(sum(length(body)), 0) FROM journal");
        using var reader = command.ExecuteReader();
        reader.Read();
        return new JournalSize(reader.GetInt64(0), reader.GetInt64(1));
    }
}
