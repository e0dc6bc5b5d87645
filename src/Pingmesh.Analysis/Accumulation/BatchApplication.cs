using System.Net.Sockets;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// Adds a batch to every window it belongs to. A probe with an end that is in no topology counts for its host pair
/// only, so that hosts, pods and pod pairs always add up to the same totals.
/// </summary>
internal static class BatchApplication
{
    /// <summary>Adds <paramref name="batch"/>; <paramref name="now"/> in Unix seconds decides which live windows are kept.</summary>
    public static void Apply(CheckedBatch batch, EndDirectory ends, Generation generation, LiveWindows live, long now)
    {
        var source = ends.Find(batch.Host);
        foreach (var series in batch.Series) Apply(series, source, ends, generation.Cells, live.Open(series.Start, now));
        foreach (var noise in batch.Noise) generation.Noise.Add(new NoiseRecord(noise.Start, source.Host, noise.Noise, noise.WorstStallMicroseconds));
        foreach (var record in batch.Records) generation.Evidence.Add(EvidenceOf(record, batch, source, ends));
    }

    private static void Apply(CheckedSeries series, ProbeEnd source, EndDirectory ends, WindowCells cells, WindowCells? live)
    {
        var key = series.Key;
        var minute = Windows.StartOf(series.Start, Windows.MinuteSeconds);
        if (source.IsInTopology)
        {
            AddToPods(series, source, ends, cells, minute);
            if (live is not null) AddToPods(series, source, ends, live, series.Start);
        }

        // Last, since the cell may keep the measurement itself.
        var pairs = cells.Row(new RowKey(WindowLevel.HostPair, Windows.StartOf(series.Start, Windows.TenMinuteSeconds), key, source.Host));
        foreach (var (address, measurement) in series.Rows) cells.Add(pairs, ends.Find(address).Host, measurement, mayKeep: true);
    }

    private static void AddToPods(CheckedSeries series, ProbeEnd source, EndDirectory ends, WindowCells cells, long start)
    {
        var podPairs = cells.Row(new RowKey(WindowLevel.PodPair, start, series.Key, source.Pod));
        var asSource = cells.Row(new RowKey(WindowLevel.HostAsSource, start, series.Key, source.Pod));
        foreach (var (address, measurement) in series.Rows)
        {
            var target = ends.Find(address);
            if (!target.IsInTopology) continue;
            cells.Add(podPairs, target.Pod, measurement);
            cells.Add(asSource, source.Host, measurement);
            cells.Add(cells.Row(new RowKey(WindowLevel.HostAsTarget, start, series.Key, target.Pod)), target.Host, measurement);
        }
    }

    private static EvidenceRecord EvidenceOf(CheckedRecord record, CheckedBatch batch, ProbeEnd source, EndDirectory ends)
    {
        var outcome = record.Outcome;
        var target = AddressKey.ToAddress(record.Peer);
        return new EvidenceRecord
        {
            StartedUnixMicroseconds = outcome.StartedUnixMicroseconds,
            Source = source.Host,
            Target = ends.Find(record.Peer).Host,
            Series = record.Series,
            SourceAddress = target.AddressFamily == AddressFamily.InterNetwork ? batch.SourceIPv4 : batch.SourceIPv6,
            SourcePort = outcome.SourcePort,
            TargetAddress = target,
            TargetPort = record.PeerPort,
            Error = outcome.Error,
            Retransmissions = outcome.Retransmissions,
            LossDirection = outcome.LossDirection,
            RttNanoseconds = outcome.RttNanoseconds,
        };
    }
}
