using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store.ClickHouse;

/// <summary>The tables of evidence and of noise.</summary>
internal sealed class ClickHouseRecords(ClickHouseClient client, ClickHouseNames names)
{
    private const string EvidenceColumns =
        "started, source, target, kind, class, dscp, source_address, source_port, target_address, target_port, error, retransmissions, loss_direction, rtt";

    private string Evidence => client.Settings.Table("evidence");

    private string Noise => client.Settings.Table("noise");

    public async Task InsertAsync(IReadOnlyList<EvidenceRecord> records, ulong tag, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return;
        var writer = new RowBinaryWriter();
        foreach (var record in records)
        {
            writer.UInt64((ulong)record.StartedUnixMicroseconds);
            writer.UInt64(names.HashOf(record.Source));
            writer.UInt64(names.HashOf(record.Target));
            writer.UInt8((int)record.Series.Kind);
            writer.UInt8((int)record.Series.Class);
            writer.UInt8(record.Series.Dscp);

            // As text, to be read by whoever asks with SQL.
            writer.Text(record.SourceAddress?.ToString() ?? "");
            writer.UInt16(record.SourcePort);
            writer.Text(record.TargetAddress.ToString());
            writer.UInt16(record.TargetPort);
            writer.UInt8((int)record.Error);
            writer.UInt8(record.Retransmissions);
            writer.UInt8((int)record.LossDirection);
            writer.UInt64((ulong)record.RttNanoseconds);
            writer.UInt64(tag);
        }

        await client.InsertAsync(Evidence, $"{EvidenceColumns}, flush", writer.Written, cancellationToken).ConfigureAwait(false);
    }

    public async Task InsertAsync(IReadOnlyList<NoiseRecord> records, ulong tag, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return;
        var writer = new RowBinaryWriter();
        foreach (var record in records)
        {
            writer.DateTime(record.Start);
            writer.UInt64(names.HashOf(record.Host));
            writer.UInt16((int)record.Noise);
            writer.UInt64((ulong)record.WorstStallMicroseconds);
            writer.UInt64(tag);
        }

        await client.InsertAsync(Noise, "start, host, noise, worst_stall, flush", writer.Written, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<EvidenceRecord>> ReadAsync(EvidenceQuery query, IReadOnlyList<ulong> tags, CancellationToken cancellationToken)
    {
        var records = new List<EvidenceRecord>();
        if (tags.Count == 0) return records;
        var filter = (query.Source is { } source ? $" AND source = {names.HashOf(source)}" : "") + (query.Target is { } target ? $" AND target = {names.HashOf(target)}" : "");
        await client.QueryAsync(
            $"""
            SELECT {EvidenceColumns} FROM {Evidence} WHERE started >= {Math.Max(0, query.From)} AND started < {Math.Max(0, query.To)}{filter} AND flush IN ({Commits.List(tags)})
            ORDER BY started DESC LIMIT {query.Limit}
            """,
            row => records.AddRange(Read(row)),
            cancellationToken).ConfigureAwait(false);
        return records;
    }

    public async Task<IReadOnlyList<NoiseRecord>> ReadAsync(NoiseQuery query, IReadOnlyList<ulong> tags, CancellationToken cancellationToken)
    {
        var records = new List<NoiseRecord>();
        if (tags.Count == 0) return records;
        await client.QueryAsync(
            $"""
            SELECT toUInt32(start), toUInt64(groupBitOr(noise)), max(worst_stall) FROM {Noise}
            WHERE host = {names.HashOf(query.Host)} AND toUInt32(start) >= {Commits.Clamp(query.From)} AND toUInt32(start) < {Commits.Clamp(query.To)} AND flush IN ({Commits.List(tags)})
            GROUP BY start
            """,
            row => records.Add(new NoiseRecord(row.UInt32(), query.Host, (HostNoise)row.UInt64(), (long)row.UInt64())),
            cancellationToken).ConfigureAwait(false);
        return records;
    }

    private IEnumerable<EvidenceRecord> Read(RowBinaryReader row)
    {
        var started = (long)row.UInt64();
        var (source, target) = (names.Find(row.UInt64()), names.Find(row.UInt64()));
        var series = new SeriesKey((ProbeKind)row.UInt8(), (ProbeClass)row.UInt8(), (byte)row.UInt8());
        var (sourceAddress, sourcePort, targetAddress, targetPort) = (row.Text(), row.UInt16(), row.Text(), row.UInt16());
        var (error, retransmissions, direction, rtt) = (row.UInt8(), row.UInt8(), row.UInt8(), row.UInt64());
        if (source is null || target is null) yield break;
        yield return new EvidenceRecord
        {
            StartedUnixMicroseconds = started,
            Source = source.Value,
            Target = target.Value,
            Series = series,
            SourceAddress = sourceAddress.Length == 0 ? null : IPAddress.Parse(sourceAddress),
            SourcePort = (ushort)sourcePort,
            TargetAddress = IPAddress.Parse(targetAddress),
            TargetPort = (ushort)targetPort,
            Error = (ProbeError)error,
            Retransmissions = (byte)retransmissions,
            LossDirection = (LossDirection)direction,
            RttNanoseconds = (long)rtt,
        };
    }
}
