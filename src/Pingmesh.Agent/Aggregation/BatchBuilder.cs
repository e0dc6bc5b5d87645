using System.Net;
using Google.Protobuf;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Wire;

namespace Pingmesh.Agent.Aggregation;

/// <summary>
/// Turns outcomes into the batch that is uploaded: merged by window, series and peer, with the raw records of the
/// probes that failed, dropped or were slow, and of a small sample of good ones.
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

    /// <summary>The batch of <paramref name="outcomes"/>, whose order is changed; null when there are none.</summary>
    public MeasurementBatch? Build(Span<RecordedOutcome> outcomes, IReadOnlyList<IPAddress> sources) => Build(outcomes, sources, []);

    /// <summary>The batch of <paramref name="outcomes"/>, whose order is changed, and of marks; null when there is neither.</summary>
    public MeasurementBatch? Build(Span<RecordedOutcome> outcomes, IReadOnlyList<IPAddress> sources, IReadOnlyList<WindowMark> marks)
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
        outcomes.Sort(Compare);
        AddWindows(batch, outcomes);
        AddMarks(batch, marks);
        return batch;
    }

    private static long WindowOf(in RecordedOutcome outcome) =>
        Windows.StartOf(outcome.Outcome.StartedUnixMicroseconds / 1_000_000, Windows.LiveSeconds);

    private static int Compare(RecordedOutcome a, RecordedOutcome b)
    {
        var byWindow = WindowOf(a).CompareTo(WindowOf(b));
        if (byWindow != 0) return byWindow;
        var bySeries = a.Target.Series.Code.CompareTo(b.Target.Series.Code);
        return bySeries != 0 ? bySeries : a.Target.Key.CompareTo(b.Target.Key);
    }

    private static void AddWindows(MeasurementBatch batch, ReadOnlySpan<RecordedOutcome> sorted)
    {
        WindowMeasurements? window = null;
        var rows = new List<KeyValuePair<UInt128, Measurement>>();
        for (var i = 0; i < sorted.Length; i++)
        {
            var start = WindowOf(sorted[i]);
            if (window?.StartUnixS != start)
            {
                window = new WindowMeasurements { StartUnixS = start, LengthS = Windows.LiveSeconds };
                batch.Windows.Add(window);
            }

            var target = sorted[i].Target;
            if (rows.Count == 0 || rows[^1].Key != target.Key) rows.Add(new(target.Key, new Measurement()));
            rows[^1].Value.Add(sorted[i].Outcome);

            var last = i + 1 == sorted.Length || WindowOf(sorted[i + 1]) != start || sorted[i + 1].Target.Series != target.Series;
            if (!last) continue;
            window.Series.Add(new Series
            {
                Kind = (uint)target.Series.Kind,
                ProbeClass = (uint)target.Series.Class,
                Dscp = target.Series.Dscp,
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
    };

    private void AddRecords(MeasurementBatch batch, ReadOnlySpan<RecordedOutcome> outcomes)
    {
        foreach (ref readonly var recorded in outcomes)
        {
            var outcome = recorded.Outcome;
            var notable = !outcome.Succeeded || outcome.Dropped || outcome.RttNanoseconds >= recorded.Target.SlowNanoseconds;
            if (!notable && --untilSample > 0) continue;
            if (!notable) untilSample = SampleOneIn;
            if (batch.Records.Count < MaxRecords) batch.Records.Add(RecordOf(recorded));
            else if (notable) batch.RecordsOmitted++;
        }
    }
}
