using Microsoft.Data.Sqlite;

namespace Pingmesh.Store.Sqlite;

/// <summary>Compaction, roll-ups and retention, in transactions short enough that nobody waits for them.</summary>
internal sealed class SqliteUpkeep(SqliteFile file)
{
    private const int WindowsAtOnce = 500;
    private const int EvidenceAtOnce = 5_000;
    private const int NoiseAtOnce = 5_000;
    private const int PagesAtOnce = 2_000;
    private const int FreePagesToKeep = 256;
    private const double ShrinkStep = 1.0 / 64;

    // Compaction and retention each rely on being the only one that deletes.
    private readonly Lock one = new();
    private readonly SqliteCompaction compaction = new(file);
    private readonly SqliteRollUps rollUps = new(file);

    /// <summary>Compacts one window that ended by then, or rolls up one; returns whether there was one.</summary>
    public bool Compact(long endedBy, CancellationToken cancellationToken)
    {
        lock (one) return compaction.Compact(endedBy, cancellationToken) || rollUps.RollUp(endedBy, cancellationToken);
    }

    /// <summary>Deletes some of what is too old, then gives back some free pages; returns whether it did something.</summary>
    public bool Expire(Retention retention, DateTimeOffset now)
    {
        lock (one) return ExpireSome(retention, now);
    }

    private bool ExpireSome(Retention retention, DateTimeOffset now)
    {
        if (DeleteOlder(retention, now)) return true;
        return (retention.MaxBytes is { } most && file.Read(UsedBytes) > most && Shrink(retention, now)) || file.Write(GiveBack);
    }

    private bool DeleteOlder(Retention retention, DateTimeOffset now)
    {
        foreach (var level in WindowLevels.All)
        {
            var before = (now - retention.Of(level)).ToUnixTimeSeconds() - level.LengthSeconds();
            if (file.Write(connection => DeleteWindows(connection, level, before)) > 0) return true;
        }

        var evidenceBefore = (now - retention.Evidence).ToUnixTimeMilliseconds() * 1_000;
        var noiseBefore = (now - retention.TenMinutes).ToUnixTimeSeconds();
        return file.Write(connection => DeleteEvidence(connection, evidenceBefore)) > 0
            || file.Write(connection => SqliteNoise.DeleteBefore(connection, noiseBefore, NoiseAtOnce)) > 0;
    }

    // As if everything were kept for a shorter time, in the same proportions: the longest such time that deletes something.
    private bool Shrink(Retention retention, DateTimeOffset now)
    {
        var toAnHour = retention.Lateness + TimeSpan.FromHours(1);
        var toADay = retention.Lateness + TimeSpan.FromDays(1);
        for (var share = 1 - ShrinkStep; share > 0; share -= ShrinkStep)
        {
            var shorter = retention with
            {
                Minute = Shorter(retention.Minute, toAnHour), TenMinutes = Shorter(retention.TenMinutes, toAnHour),
                Hour = Shorter(retention.Hour, toADay), Day = Shorter(retention.Day, toADay), Evidence = Shorter(retention.Evidence, toAnHour),
            };
            if (DeleteOlder(shorter, now)) return true;

            TimeSpan Shorter(TimeSpan time, TimeSpan least) => time * share > least ? time * share : least;
        }

        return false;
    }

    private static long UsedBytes(SqliteConnection connection) =>
        (connection.Number("PRAGMA page_count") - connection.Number("PRAGMA freelist_count")) * connection.Number("PRAGMA page_size");

    private static int DeleteWindows(SqliteConnection connection, WindowLevel level, long before)
    {
        // What is not in its roll-up yet would be lost to it.
        if (level.Above() is { } above && SqliteRollUps.Earliest(connection, above) is { } unrolled) before = Math.Min(before, unrolled);
        foreach (var marks in new[] { "uncompacted", "unrolled" })
        {
            using var forget = connection.Command($"DELETE FROM {marks} WHERE level = $level AND start < $before", "$level", "$before");
            forget.Run((int)level, before);
        }

        using var delete = connection.Command(
            $"""
            DELETE FROM windows WHERE id IN (
                SELECT id FROM windows WHERE level = $level AND start < $before ORDER BY start LIMIT {WindowsAtOnce})
            """,
            "$level", "$before");
        return delete.Run((int)level, before);
    }

    private static int DeleteEvidence(SqliteConnection connection, long before)
    {
        using var delete = connection.Command(
            $"DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE started < $before ORDER BY started LIMIT {EvidenceAtOnce})",
            "$before");
        return delete.Run(before);
    }

    // Free pages are used again before the file grows; only what is free beyond a quarter of it goes back to the disk.
    private static bool GiveBack(SqliteConnection connection)
    {
        var free = connection.Number("PRAGMA freelist_count");
        if (free < FreePagesToKeep || free < connection.Number("PRAGMA page_count") / 4) return false;
        using (var vacuum = connection.Command($"PRAGMA incremental_vacuum({PagesAtOnce})"))
        {
            using var reader = vacuum.ExecuteReader();
            while (reader.Read())
            {
            }
        }

        return connection.Number("PRAGMA freelist_count") < free;
    }
}
