using Microsoft.Data.Sqlite;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Store.Sqlite;

/// <summary>
/// Makes hours of minutes and days of hours. A flush marks the hours and days it belongs to as incomplete, so that
/// readers take the shorter windows until the roll-up is made, or made again because data came late. One thread at a time.
/// </summary>
internal sealed class SqliteRollUps(SqliteFile file)
{
    private const int RowsAtOnce = 64;

    /// <summary>Makes one roll-up whose window ended by then and whose parts are all compacted; returns whether there was one.</summary>
    public bool RollUp(long endedBy, CancellationToken cancellationToken)
    {
        if (file.Read(connection => FindDue(connection, endedBy)) is not { } due) return false;
        var from = due.Level.Below()!.Value;
        var rows = file.Read(connection => FindRows(connection, from, due.Start, due.Level.LengthSeconds()));
        file.Write(connection => DeleteRows(connection, due.Level, due.Start));
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var merged = some.Select(row => file.Read(connection => Merge(connection, from, due, row))).ToList();
            file.Write(connection => Insert(connection, due, some, merged));
        }

        // Data that came meanwhile marked the window again: then it stays incomplete, and its turn comes again.
        file.Write(connection =>
        {
            using var done = connection.Command(
                "DELETE FROM unrolled WHERE level = $level AND start = $start AND changes = $changes", "$level", "$start", "$changes");
            return done.Run((int)due.Level, due.Start, due.Changes);
        });
        return true;
    }

    /// <summary>Marks the roll-ups of a window that got new parts as incomplete.</summary>
    public static void MarkChanged(SqliteConnection connection, WindowLevel level, long start)
    {
        using var mark = connection.Command(
            "INSERT INTO unrolled VALUES ($level, $start, 1) ON CONFLICT DO UPDATE SET changes = changes + 1", "$level", "$start");
        for (var above = level.Above(); above is { } next; above = next.Above())
            mark.Run((int)next, start - (start % next.LengthSeconds()));
    }

    /// <summary>Starts of the windows of a span that are not complete, ascending.</summary>
    public static IReadOnlyList<long> Incomplete(SqliteConnection connection, WindowSpan span)
    {
        using var find = connection.Command(
            "SELECT start FROM unrolled WHERE level = $level AND start >= $from AND start < $to ORDER BY start", "$level", "$from", "$to");
        using var reader = find.With((int)span.Level, span.From, span.To).ExecuteReader();
        var starts = new List<long>();
        while (reader.Read()) starts.Add(reader.GetInt64(0));
        return starts;
    }

    /// <summary>Start of the earliest window of a level that is not complete; null when all are.</summary>
    public static long? Earliest(SqliteConnection connection, WindowLevel level)
    {
        using var find = connection.Command("SELECT min(start) FROM unrolled WHERE level = $level", "$level");
        return find.With((int)level).ExecuteScalar() as long?;
    }

    private static Due? FindDue(SqliteConnection connection, long endedBy)
    {
        foreach (var level in WindowLevels.RolledUp)
        {
            var below = level.Below()!.Value;
            using var find = connection.Command(
                $"""
                SELECT start, changes FROM unrolled AS due WHERE level = $level AND start <= $last
                AND NOT EXISTS (SELECT 1 FROM {(below.Below() is null ? "uncompacted" : "unrolled")} AS part
                    WHERE part.level = $below AND part.start >= due.start AND part.start < due.start + $length)
                ORDER BY start LIMIT 1
                """,
                "$level", "$last", "$below", "$length");
            using var reader = find.With((int)level, endedBy - level.LengthSeconds(), (int)below, level.LengthSeconds()).ExecuteReader();
            if (reader.Read()) return new Due(level, reader.GetInt64(0), reader.GetInt64(1));
        }

        return null;
    }

    private static List<(int Series, int Row)> FindRows(SqliteConnection connection, WindowLevel level, long start, int length)
    {
        using var find = connection.Command(
            "SELECT DISTINCT series, row FROM windows WHERE level = $level AND start >= $start AND start < $end ORDER BY series, row",
            "$level", "$start", "$end");
        using var reader = find.With((int)level, start, start + length).ExecuteReader();
        var rows = new List<(int, int)>();
        while (reader.Read()) rows.Add((reader.GetInt32(0), reader.GetInt32(1)));
        return rows;
    }

    private static byte[] Merge(SqliteConnection connection, WindowLevel from, Due due, (int Series, int Row) row)
    {
        // Window by window: the index begins with the start, and the row is found in each at once.
        using var find = connection.Command(
            "SELECT cells FROM windows WHERE level = $level AND start = $start AND series = $series AND row = $row",
            "$level", "$start", "$series", "$row");
        var cells = new SortedDictionary<int, Measurement>();
        var end = due.Start + due.Level.LengthSeconds();
        for (var start = due.Start; start < end; start += from.LengthSeconds())
        {
            using var reader = find.With((int)from, start, row.Series, row.Row).ExecuteReader();
            while (reader.Read())
            {
                foreach (var (cell, measurement) in PackedCells.Unpack(reader.GetFieldValue<byte[]>(0)))
                {
                    if (!cells.TryAdd(cell, measurement)) cells[cell].Merge(measurement);
                }
            }
        }

        return PackedCells.Pack([.. cells]);
    }

    private static int DeleteRows(SqliteConnection connection, WindowLevel level, long start)
    {
        using var delete = connection.Command("DELETE FROM windows WHERE level = $level AND start = $start", "$level", "$start");
        return delete.Run((int)level, start);
    }

    private static bool Insert(SqliteConnection connection, Due due, (int Series, int Row)[] rows, List<byte[]> merged)
    {
        using var insert = connection.Command(
            "INSERT INTO windows (level, start, series, row, cells) VALUES ($level, $start, $series, $row, $cells)",
            "$level", "$start", "$series", "$row", "$cells");
        for (var i = 0; i < rows.Length; i++) insert.Run((int)due.Level, due.Start, rows[i].Series, rows[i].Row, merged[i]);
        return true;
    }

    private readonly record struct Due(WindowLevel Level, long Start, long Changes);
}
