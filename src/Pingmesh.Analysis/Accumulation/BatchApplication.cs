using System.Net.Sockets;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
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
        foreach (var series in batch.Series)
        {
            var window = new RowKey(WindowLevel.HostPair, Windows.StartOf(series.Start, Windows.TenMinuteSeconds), series.Key, source.Host);
            generation.HostPairs.Add(window, series.Packed, ends);
            if (source.IsInTopology) AddToPods(series, source, ends, generation.Cells, live.Open(series.Start, now));
        }

        foreach (var noise in batch.Noise) generation.Noise.Add(new NoiseRecord(noise.Start, source.Host, noise.Noise, noise.WorstStallMicroseconds));
        foreach (var record in batch.Records) generation.Evidence.Add(EvidenceOf(record, batch, source, ends));
    }

    private static void AddToPods(CheckedSeries series, ProbeEnd source, EndDirectory ends, WindowCells cells, WindowCells? live)
    {
        // What belongs to one cell is summed up first: the peers of a pod follow each other.
        var minute = new PodWindows(cells, Windows.StartOf(series.Start, Windows.MinuteSeconds), series.Key);
        var now = live is null ? null : new PodWindows(live, series.Start, series.Key);
        var own = new Measurement();
        var pod = new Measurement();
        var current = 0;
        foreach (var (address, measurement) in series.Rows)
        {
            var target = ends.Find(address);
            if (!target.IsInTopology) continue;
            minute.AddTarget(target, measurement);
            now?.AddTarget(target, measurement);
            own.Merge(measurement);
            if (target.Pod != current)
            {
                AddPod(current, pod);
                pod = new Measurement();
                current = target.Pod;
            }

            pod.Merge(measurement);
        }

        if (own.Probes == 0) return;
        AddPod(current, pod);
        minute.AddSource(source, own);
        now?.AddSource(source, own);

        void AddPod(int target, Measurement sum)
        {
            if (sum.Probes == 0) return;
            minute.AddPod(source.Pod, target, sum);
            now?.AddPod(source.Pod, target, sum);
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

    /// <summary>The windows of one series and time that pods and their hosts have.</summary>
    private sealed class PodWindows(WindowCells cells, long start, SeriesKey series)
    {
        private readonly Dictionary<int, Dictionary<int, Measurement>> pairs = cells.Open(WindowLevel.PodPair, start, series);
        private readonly Dictionary<int, Dictionary<int, Measurement>> sources = cells.Open(WindowLevel.HostAsSource, start, series);
        private readonly Dictionary<int, Dictionary<int, Measurement>> targets = cells.Open(WindowLevel.HostAsTarget, start, series);

        public void AddPod(int source, int target, Measurement sum) => cells.Add(pairs, source, target, sum);

        public void AddSource(ProbeEnd source, Measurement sum) => cells.Add(sources, source.Pod, source.Host, sum);

        public void AddTarget(ProbeEnd target, Measurement sum) => cells.Add(targets, target.Pod, target.Host, sum);
    }
}
