using System.Net;
using Microsoft.Data.Sqlite;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store.Sqlite;

/// <summary>The table of evidence.</summary>
internal static class SqliteEvidence
{
    private const string Fields =
        "started, source, target, series, source_address, source_port, target_address, target_port, error, retransmissions, loss_direction, rtt";

    public static void Insert(SqliteConnection connection, IReadOnlyList<EvidenceRecord> records)
    {
        using var insert = connection.Command(
            $"INSERT INTO evidence ({Fields}) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l)",
            "$a", "$b", "$c", "$d", "$e", "$f", "$g", "$h", "$i", "$j", "$k", "$l");
        foreach (var record in records)
        {
            insert.Run(
                record.StartedUnixMicroseconds,
                record.Source,
                record.Target,
                record.Series.Code,
                record.SourceAddress?.GetAddressBytes(),
                (int)record.SourcePort,
                record.TargetAddress.GetAddressBytes(),
                (int)record.TargetPort,
                (int)record.Error,
                (int)record.Retransmissions,
                (int)record.LossDirection,
                record.RttNanoseconds);
        }
    }

    public static IReadOnlyList<EvidenceRecord> Read(SqliteConnection connection, EvidenceQuery query)
    {
        using var command = connection.Command(
            $"SELECT {Fields} FROM evidence WHERE started >= $from AND started < $to"
            + (query.Source is null ? "" : " AND source = $source")
            + (query.Target is null ? "" : " AND target = $target")
            + " ORDER BY started DESC LIMIT $limit",
            "$from", "$to", "$limit");
        command.With(query.From, query.To, query.Limit);
        if (query.Source is { } source) command.Parameters.AddWithValue("$source", source);
        if (query.Target is { } target) command.Parameters.AddWithValue("$target", target);
        using var reader = command.ExecuteReader();
        var records = new List<EvidenceRecord>();
        while (reader.Read()) records.Add(ReadOne(reader));
        return records;
    }

    private static EvidenceRecord ReadOne(SqliteDataReader reader) => new()
    {
        StartedUnixMicroseconds = reader.GetInt64(0),
        Source = reader.GetInt32(1),
        Target = reader.GetInt32(2),
        Series = SeriesKey.FromCode(reader.GetInt32(3)),
        SourceAddress = reader.IsDBNull(4) ? null : new IPAddress(reader.GetFieldValue<byte[]>(4)),
        SourcePort = (ushort)reader.GetInt32(5),
        TargetAddress = new IPAddress(reader.GetFieldValue<byte[]>(6)),
        TargetPort = (ushort)reader.GetInt32(7),
        Error = (ProbeError)reader.GetInt32(8),
        Retransmissions = (byte)reader.GetInt32(9),
        LossDirection = (LossDirection)reader.GetInt32(10),
        RttNanoseconds = reader.GetInt64(11),
    };
}
