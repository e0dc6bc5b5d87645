using System.Net;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Ingest;

/// <summary>An upload that was read and found valid.</summary>
internal sealed class CheckedBatch
{
    public required string Host { get; init; }

    public required ulong Epoch { get; init; }

    public required long Sequence { get; init; }

    /// <summary>Who sent it.</summary>
    public required BatchOrigin Origin { get; init; }

    /// <summary>The bytes it was read from.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required IPAddress? SourceIPv4 { get; init; }

    public required IPAddress? SourceIPv6 { get; init; }

    public required IReadOnlyList<CheckedSeries> Series { get; init; }

    public required IReadOnlyList<CheckedRecord> Records { get; init; }

    /// <summary>The windows in which the reporting host was in trouble itself.</summary>
    public required IReadOnlyList<CheckedNoise> Noise { get; init; }

    /// <summary>Probes in all series.</summary>
    public required long Probes { get; init; }

    /// <summary>Probes that came too late and were left out.</summary>
    public required long LateProbes { get; init; }

    /// <summary>Records that the agent left out.</summary>
    public required long RecordsOmitted { get; init; }

    /// <summary>Address keys of all peers; some more than once.</summary>
    public IEnumerable<UInt128> Peers() =>
        Series.SelectMany(series => series.Rows, (_, row) => row.Key).Concat(Records.Select(record => record.Peer));
}

/// <summary>The measurements of one series in one agent window, by the peer's address key.</summary>
/// <param name="Start">Start of the window, Unix seconds.</param>
/// <param name="Key">The series.</param>
/// <param name="Rows">The measurements.</param>
/// <param name="Packed">The same as Columns message.</param>
internal sealed record CheckedSeries(long Start, SeriesKey Key, List<KeyValuePair<UInt128, Measurement>> Rows, byte[] Packed);

/// <summary>Trouble of the reporting host itself in one agent window.</summary>
internal readonly record struct CheckedNoise(long Start, HostNoise Noise, long WorstStallMicroseconds);

/// <summary>One probe in full; the outcome's target number is not used. <paramref name="Confirms"/>: tries of the same five-tuple before; 0 of an ordinary probe.</summary>
internal sealed record CheckedRecord(SeriesKey Series, UInt128 Peer, ushort PeerPort, ProbeOutcome Outcome, byte Confirms = 0);
