using System.Net;
using Google.Protobuf;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Wire;

namespace Pingmesh.Agent.Aggregation;

/// <summary>
/// Turns outcomes into the batch that is uploaded: merged by window, series and peer, with the raw records of the
/// probes that failed, dropped or were slow, and of a small sample of good ones. Confirmations are records only: they are no fair sample of the paths.
/// </summary>
public sealed class BatchBuilder
{
    /// <summary>Most raw records in a batch.</summary>
    public const int MaxRecords = 1_000;

    /// <summary>One good probe in this many is kept as a raw record.</summary>
    public const int SampleOneIn = 256;

    // The kernel gives the RTT of a handshake in microseconds; stamps are finer, but not truer.
    private const uint RttUnitNanoseconds = 1_000;

    private readonly string host;
    private readonly string version;
    private readonly ulong epoch;
    private readonly TimeProvider time;
    private ulong sequence;
    private int untilSample = SampleOneIn;
    private RowOrder[] keys = [];
    private int[] order = [];

    /// <summary>A builder for one run of the agent.</summary>
    /// <param name="host">The reporting host.</param>
    /// <param name="version">Version of the program.</param>
    /// <param name="epoch">Number of this run, not 0.</param>
    /// <param name="time">The clock.</param>
    public BatchBuilder(string host, string version, ulong epoch, TimeProvider time)
    {
        this.host = host;
        this.version = version;
        this.epoch = epoch;
        this.time = time;
    }

    /// <summary>The batch of <paramref name="outcomes"/>; null when there are none.</summary>
    public MeasurementBatch? Build(ReadOnlySpan<RecordedOutcome> outcomes, IReadOnlyList<IPAddress> sources) => Build(outcomes, sources, []);

    /// <summary>The batch of <paramref name="outcomes"/> and of marks; null when there is neither. For one caller at a time.</summary>
    public MeasurementBatch? Build(ReadOnlySpan<RecordedOutcome> outcomes, IReadOnlyList<IPAddress> sources, IReadOnlyList<WindowMark> marks)
    {
        if (outcomes.IsEmpty && marks.Count == 0) return null;
        var batch = new MeasurementBatch
        {
            Host = host,
            Epoch = epoch,
            Sequence = ++sequence,
            CreatedUnixUs = (long)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds,
            AgentVersion = version,
        };
        foreach (var source in sources)
        {
            var bytes = ByteString.CopyFrom(source.GetAddressBytes());
            if (bytes.Length == 4) batch.SourceIpv4 = bytes;
            else batch.SourceIpv6 = bytes;
        }

        AddRecords(batch, outcomes);
        AddWindows(batch, outcomes, Order(outcomes));
        AddMarks(batch, marks);
        return batch;
    }

    private static long WindowOf(in RecordedOutcome outcome) =>
        Windows.StartOf(outcome.Outcome.StartedUnixMicroseconds / 1_000_000, Windows.LiveSeconds);

    // The outcomes themselves are long and stay where they are.
    private ReadOnlySpan<int> Order(ReadOnlySpan<RecordedOutcome> outcomes)
    {
        if (keys.Length < outcomes.Length)
        {
            keys = new RowOrder[outcomes.Length];
            order = new int[outcomes.Length];
        }

        var ordinary = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            ref readonly var recorded = ref outcomes[i];
            if (recorded.Confirms > 0) continue;
            keys[ordinary] = new RowOrder(WindowOf(recorded), recorded.Target.Series.Code, recorded.Target.Key);
            order[ordinary++] = i;
        }

        keys.AsSpan(0, ordinary).Sort(order.AsSpan(0, ordinary));
        return order.AsSpan(0, ordinary);
    }

    private void AddWindows(MeasurementBatch batch, ReadOnlySpan<RecordedOutcome> outcomes, ReadOnlySpan<int> sorted)
    {
        WindowMeasurements? window = null;
        var rows = new List<KeyValuePair<UInt128, Measurement>>();
        for (var i = 0; i < sorted.Length; i++)
        {
            var row = keys[i];
            if (window?.StartUnixS != row.Window)
            {
                window = new WindowMeasurements { StartUnixS = row.Window, LengthS = Windows.LiveSeconds };
                batch.Windows.Add(window);
            }

            ref readonly var recorded = ref outcomes[sorted[i]];
            if (rows.Count == 0 || rows[^1].Key != row.Peer) rows.Add(new(row.Peer, new Measurement()));
            rows[^1].Value.Add(recorded.Outcome);

            var last = i + 1 == sorted.Length || keys[i + 1].Window != row.Window || keys[i + 1].Series != row.Series;
            if (!last) continue;
            var series = recorded.Target.Series;
            window.Series.Add(new Series
            {
                Kind = (uint)series.Kind,
                ProbeClass = (uint)series.Class,
                Dscp = series.Dscp,
                Columns = ColumnsCodec.Encode(rows, RttUnitNanoseconds),
            });
            rows.Clear();
        }
    }

    private static void AddMarks(MeasurementBatch batch, IReadOnlyList<WindowMark> marks)
    {
        foreach (var mark in marks)
        {
            var window = batch.Windows.FirstOrDefault(window => window.StartUnixS == mark.StartUnixSeconds);
            if (window is null) batch.Windows.Add(window = new WindowMeasurements { StartUnixS = mark.StartUnixSeconds, LengthS = Windows.LiveSeconds });
            window.HostNoise = (uint)mark.Noise;
            window.WorstStallUs = (ulong)Math.Max(0, mark.WorstStallMicroseconds);
        }
    }

    private static ProbeRecord RecordOf(in RecordedOutcome recorded) => new()
    {
        StartedUnixUs = recorded.Outcome.StartedUnixMicroseconds,
        Kind = (uint)recorded.Target.Series.Kind,
        ProbeClass = (uint)recorded.Target.Series.Class,
        Dscp = recorded.Target.Series.Dscp,
        Peer = ByteString.CopyFrom(AddressKey.ToAddress(recorded.Target.Key).GetAddressBytes()),
        PeerPort = recorded.Target.Port,
        SourcePort = recorded.Outcome.SourcePort,
        Error = (uint)recorded.Outcome.Error,
        Retransmissions = recorded.Outcome.Retransmissions,
        LossDirection = (uint)recorded.Outcome.LossDirection,
        RttNs = (ulong)recorded.Outcome.RttNanoseconds,
        Confirms = recorded.Confirms,
    };

    private void AddRecords(MeasurementBatch batch, ReadOnlySpan<RecordedOutcome> outcomes)
    {
        foreach (ref readonly var recorded in outcomes)
        {
            var outcome = recorded.Outcome;
            var notable = recorded.Confirms > 0 || !outcome.Succeeded || outcome.Dropped || outcome.RttNanoseconds >= recorded.Target.SlowNanoseconds;
            if (!notable && --untilSample > 0) continue;
            if (!notable) untilSample = SampleOneIn;
            if (batch.Records.Count < MaxRecords) batch.Records.Add(RecordOf(recorded));
            else if (notable) batch.RecordsOmitted++;
        }
    }

    /// <summary>By what the rows of a batch are ordered: window, series, peer.</summary>
    private readonly record struct RowOrder(long Window, int Series, UInt128 Peer) : IComparable<RowOrder>
    {
        public int CompareTo(RowOrder other)
        {
            var byWindow = Window.CompareTo(other.Window);
            if (byWindow != 0) return byWindow;
            var bySeries = Series.CompareTo(other.Series);
            return bySeries != 0 ? bySeries : Peer.CompareTo(other.Peer);
        }
    }
}
