using System.Net;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;

namespace Pingmesh.Analysis.Ingest;

/// <summary>Reads and checks the evidence records of a batch.</summary>
internal static class RecordReader
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const uint MostConfirms = 100;

    /// <summary>The records.</summary>
    /// <exception cref="FormatException">A field holds what it may not; the message names it.</exception>
    public static List<CheckedRecord> Read(MeasurementBatch batch, TimeBounds times)
    {
        var records = new List<CheckedRecord>(batch.Records.Count);
        for (var i = 0; i < batch.Records.Count; i++) records.Add(Read(batch.Records[i], $"records[{i}]", times));
        return records;
    }

    private static CheckedRecord Read(ProbeRecord record, string field, TimeBounds times)
    {
        BatchReader.CheckTime(record.StartedUnixUs / MicrosecondsPerSecond, times, $"{field}.started_unix_us");
        var key = BatchReader.ReadKey(record.Kind, record.ProbeClass, record.Dscp, field);
        if (record.Peer.Length is not (4 or 16)) throw new FormatException($"{field}.peer: {record.Peer.Length} bytes; an address has 4 or 16");
        if (record.Error > byte.MaxValue || !Enum.IsDefined((ProbeError)record.Error))
            throw new FormatException($"{field}.error: {record.Error} is no error code");
        if (record.LossDirection > byte.MaxValue || !Enum.IsDefined((LossDirection)record.LossDirection))
            throw new FormatException($"{field}.loss_direction: {record.LossDirection} is no direction");
        if (record.Retransmissions > byte.MaxValue) throw new FormatException($"{field}.retransmissions: {record.Retransmissions}; at most 255");
        if (record.Confirms > MostConfirms) throw new FormatException($"{field}.confirms: {record.Confirms}; at most {MostConfirms}");
        if (record.RttNs > (ulong)BatchLimits.RttNanoseconds)
            throw new FormatException($"{field}.rtt_ns: {record.RttNs}; no probe waits longer than {BatchLimits.RttNanoseconds} ns");

        var outcome = new ProbeOutcome
        {
            Target = 0,
            StartedUnixMicroseconds = record.StartedUnixUs,
            SourcePort = Port(record.SourcePort, $"{field}.source_port"),
            Error = (ProbeError)record.Error,
            Retransmissions = (byte)record.Retransmissions,
            LossDirection = (LossDirection)record.LossDirection,
            RttNanoseconds = (long)record.RttNs,
        };
        return new CheckedRecord(key, AddressKey.Of(new IPAddress(record.Peer.Span)), Port(record.PeerPort, $"{field}.peer_port"), outcome, (byte)record.Confirms);
    }

    private static ushort Port(uint port, string field) =>
        port <= ushort.MaxValue ? (ushort)port : throw new FormatException($"{field}: {port}; a port is at most 65535");
}
