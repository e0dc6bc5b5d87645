using Microsoft.Data.Sqlite;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store.Sqlite;

/// <summary>The table of noise records.</summary>
internal static class SqliteNoise
{
    public static void Insert(SqliteConnection connection, IReadOnlyList<NoiseRecord> records)
    {
        using var insert = connection.Command(
            """
            INSERT INTO noise VALUES ($host, $start, $noise, $stall)
            ON CONFLICT DO UPDATE SET noise = noise | excluded.noise, worst_stall = max(worst_stall, excluded.worst_stall)
            """,
            "$host", "$start", "$noise", "$stall");
        foreach (var record in records) insert.Run(record.Host, record.Start, (int)record.Noise, record.WorstStallMicroseconds);
    }

    public static IReadOnlyList<NoiseRecord> Read(SqliteConnection connection, NoiseQuery query)
    {
        using var command = connection.Command(
            "SELECT start, noise, worst_stall FROM noise WHERE host = $host AND start >= $from AND start < $to", "$host", "$from", "$to");
        using var reader = command.With(query.Host, query.From, query.To).ExecuteReader();
        var records = new List<NoiseRecord>();
        while (reader.Read()) records.Add(new NoiseRecord(reader.GetInt64(0), query.Host, (HostNoise)reader.GetInt32(1), reader.GetInt64(2)));
        return records;
    }

    public static int DeleteBefore(SqliteConnection connection, long start, int most)
    {
        using var delete = connection.Command(
            $"DELETE FROM noise WHERE (host, start) IN (SELECT host, start FROM noise WHERE start < $before LIMIT {most})", "$before");
        return delete.Run(start);
    }
}
