using Microsoft.Data.Sqlite;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store.Sqlite;

/// <summary>The measurements in the store's file. Its calls do their work before they return.</summary>
internal sealed class SqliteMeasurementStore(SqliteFile file) : IMeasurementStore
{
    private const int RowsAtOnce = 32;

    private readonly SqliteUpkeep upkeep = new(file);

    public ValueTask<IReadOnlyList<NumberedName>> ReadNamesAsync(int after, CancellationToken cancellationToken) =>
        ValueTask.FromResult(file.Read(connection => SqliteNames.Read(connection, after)));

    public ValueTask<IReadOnlyList<int>> AddNamesAsync(IReadOnlyList<Name> names, CancellationToken cancellationToken) =>
        ValueTask.FromResult(file.Write(connection => SqliteNames.Add(connection, names)));

    public ValueTask<FlushMarks> ReadMarksAsync(CancellationToken cancellationToken) => ValueTask.FromResult(file.Read(ReadMarks));

    public ValueTask WriteAsync(Flush flush, CancellationToken cancellationToken)
    {
        // Packed before the transaction, so that it does not hold up appends for longer than the writing takes.
        var packed = flush.Rows.Select(row => new PackedRow(row.Level, row.Start, row.Series.Code, row.Row, PackedCells.Pack(row.Cells))).ToList();
        file.Write(connection =>
        {
            if (ReadMarks(connection).Of(flush.JournalId) >= flush.UpTo) return false;
            using (var mark = connection.Command(
                "INSERT INTO flush_marks VALUES ($journal, $position) ON CONFLICT DO UPDATE SET position = excluded.position",
                "$journal", "$position"))
                mark.Run(flush.JournalId, flush.UpTo);
            InsertRows(connection, packed);
            SqliteEvidence.Insert(connection, flush.Evidence);
            SqliteNoise.Insert(connection, flush.Noise);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<FlushMarks> ReadWindowsAsync(WindowQuery query, Action<WindowRow> visit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(file.Read(connection =>
        {
            var marks = ReadMarks(connection);
            foreach (var span in WindowPlan.Of(query, span => SqliteRollUps.Incomplete(connection, span)))
                ReadSpan(connection, span, query, visit, cancellationToken);
            return marks;
        }));

    public ValueTask<(IReadOnlyList<EvidenceRecord> Records, FlushMarks Marks)> ReadEvidenceAsync(
        EvidenceQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(file.Read(connection =>
        {
            var marks = ReadMarks(connection);
            return (SqliteEvidence.Read(connection, query), marks);
        }));

    public ValueTask<(IReadOnlyList<NoiseRecord> Records, FlushMarks Marks)> ReadNoiseAsync(NoiseQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(file.Read(connection =>
        {
            var marks = ReadMarks(connection);
            return (SqliteNoise.Read(connection, query), marks);
        }));

    public ValueTask<bool> CompactAsync(long endedBy, CancellationToken cancellationToken) =>
        ValueTask.FromResult(upkeep.Compact(endedBy, cancellationToken));

    public ValueTask<bool> ExpireAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        ValueTask.FromResult(upkeep.Expire(retention, now));

    private static FlushMarks ReadMarks(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT journal, position FROM flush_marks");
        using var reader = command.ExecuteReader();
        var marks = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read()) marks[reader.GetString(0)] = reader.GetInt64(1);
        return new FlushMarks(marks);
    }

    private static void ReadSpan(
        SqliteConnection connection, WindowSpan span, WindowQuery query, Action<WindowRow> visit, CancellationToken cancellationToken)
    {
        var only = query.Rows is { Count: 1 } ? query.Rows.Single() : (int?)null;
        using var command = connection.Command(
            "SELECT start, series, row, cells FROM windows WHERE level = $level AND start >= $from AND start < $to" + (only is null ? "" : " AND row = $row"),
            "$level", "$from", "$to");
        command.With((int)span.Level, span.From, span.To);
        if (only is not null) command.Parameters.AddWithValue("$row", only);
        using var reader = command.ExecuteReader();
        var read = new List<PackedRow>(RowsAtOnce);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (series, row) = (SeriesKey.FromCode(reader.GetInt32(1)), reader.GetInt32(2));

            // Before the cells, whose pages then stay on the disk.
            if (!query.Matches(series, row)) continue;
            read.Add(new PackedRow(span.Level, reader.GetInt64(0), series.Code, row, reader.GetFieldValue<byte[]>(3)));
            if (read.Count == RowsAtOnce) Unpack();
        }

        Unpack();

        // Unpacking is most of the work, and every core can do some of it.
        void Unpack()
        {
            var unpacked = new WindowRow[read.Count];
            Parallel.For(0, unpacked.Length, i =>
            {
                var row = read[i];
                unpacked[i] = new WindowRow(row.Level, row.Start, SeriesKey.FromCode(row.Series), row.Row, PackedCells.Unpack(row.Cells));
            });
            foreach (var row in unpacked) visit(row);
            read.Clear();
        }
    }

    private static void InsertRows(SqliteConnection connection, List<PackedRow> rows)
    {
        using var insert = connection.Command(
            "INSERT INTO windows (level, start, series, row, cells) VALUES ($level, $start, $series, $row, $cells)",
            "$level", "$start", "$series", "$row", "$cells");
        foreach (var row in rows) insert.Run((int)row.Level, row.Start, row.Series, row.Row, row.Cells);

        using var mark = connection.Command("INSERT OR IGNORE INTO uncompacted VALUES ($level, $start)", "$level", "$start");
        foreach (var (level, start) in rows.Select(row => (row.Level, row.Start)).Distinct())
        {
            mark.Run((int)level, start);
            SqliteRollUps.MarkChanged(connection, level, start);
        }
    }

    private sealed record PackedRow(WindowLevel Level, long Start, int Series, int Row, byte[] Cells);
}
