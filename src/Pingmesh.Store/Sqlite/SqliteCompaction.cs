using Microsoft.Data.Sqlite;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Store.Sqlite;

/// <summary>Merges the parts of windows that are over into one part a row. One thread at a time.</summary>
internal sealed class SqliteCompaction(SqliteFile file)
{
    private const int RowsAtOnce = 64;

    /// <summary>Merges the parts of one window that ended by then; returns whether there was one.</summary>
    public bool Compact(long endedBy, CancellationToken cancellationToken)
    {
        if (file.Read(connection => FindUncompacted(connection, endedBy)) is not { } window) return false;
        Compact(window.Level, window.Start, cancellationToken);
        return true;
    }

    private void Compact(int level, long start, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = file.Read(connection => FindSplitRows(connection, level, start));
            if (rows.Count > 0)
            {
                // Only compaction deletes parts of a window that is kept, so the merging needs no lock.
                var merged = rows.Select(row => file.Read(connection => Merge(connection, level, start, row))).ToList();
                file.Write(connection => Replace(connection, level, start, merged));
                continue;
            }

            // Late data may have come meanwhile: the mark goes only if the window is whole in the same transaction.
            var whole = file.Write(connection =>
            {
                if (FindSplitRows(connection, level, start).Count > 0) return false;
                using var done = connection.Command("DELETE FROM uncompacted WHERE level = $level AND start = $start", "$level", "$start");
                done.Run(level, start);
                return true;
            });
            if (whole) return;
        }
    }

    private static (int Level, long Start)? FindUncompacted(SqliteConnection connection, long endedBy)
    {
        foreach (var level in WindowLevels.Written)
        {
            using var find = connection.Command(
                "SELECT start FROM uncompacted WHERE level = $level AND start <= $last ORDER BY start LIMIT 1", "$level", "$last");
            if (find.With((int)level, endedBy - level.LengthSeconds()).ExecuteScalar() is long start) return ((int)level, start);
        }

        return null;
    }

    private static List<(int Series, int Row)> FindSplitRows(SqliteConnection connection, int level, long start)
    {
        using var find = connection.Command(
            $"""
            SELECT series, row FROM windows WHERE level = $level AND start = $start
            GROUP BY series, row HAVING count(*) > 1 LIMIT {RowsAtOnce}
            """,
            "$level", "$start");
        using var reader = find.With(level, start).ExecuteReader();
        var rows = new List<(int, int)>();
        while (reader.Read()) rows.Add((reader.GetInt32(0), reader.GetInt32(1)));
        return rows;
    }

    private static MergedRow Merge(SqliteConnection connection, int level, long start, (int Series, int Row) row)
    {
        using var find = connection.Command(
            "SELECT id, cells FROM windows WHERE level = $level AND start = $start AND series = $series AND row = $row",
            "$level", "$start", "$series", "$row");
        using var reader = find.With(level, start, row.Series, row.Row).ExecuteReader();
        var parts = new List<long>();
        var cells = new SortedDictionary<int, Measurement>();
        while (reader.Read())
        {
            parts.Add(reader.GetInt64(0));
            foreach (var (key, measurement) in PackedCells.Unpack(reader.GetFieldValue<byte[]>(1)))
            {
                if (!cells.TryAdd(key, measurement)) cells[key].Merge(measurement);
            }
        }

        return new MergedRow(row.Series, row.Row, parts, PackedCells.Pack([.. cells]));
    }

    private static bool Replace(SqliteConnection connection, int level, long start, List<MergedRow> rows)
    {
        using var delete = connection.Command("DELETE FROM windows WHERE id = $id", "$id");
        using var insert = connection.Command(
            "INSERT INTO windows (level, start, series, row, cells) VALUES ($level, $start, $series, $row, $cells)",
            "$level", "$start", "$series", "$row", "$cells");
        foreach (var row in rows)
        {
            foreach (var part in row.Parts) delete.Run(part);
            insert.Run(level, start, row.Series, row.Row, row.Cells);
        }

        return true;
    }

    private sealed record MergedRow(int Series, int Row, IReadOnlyList<long> Parts, byte[] Cells);
}
