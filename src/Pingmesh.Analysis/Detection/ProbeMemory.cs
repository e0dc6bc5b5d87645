using Pingmesh.Analysis.Ingest;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// What detection remembers of the last minutes: sums by window and plane, the pairs with trouble, the flows behind them. Filled by the
/// ingest loop, looked at once a window. Thread-safe.
/// </summary>
internal sealed class ProbeMemory
{
    /// <summary>How long it remembers.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(6);

    private const int MostBadSamples = 100_000;
    private const int MostGoodSamples = 40_000;
    private const int MostConfirmations = 40_000;

    // Which pairs fail each time matters while few do.
    private const int MostWatched = 20_000;
    private const int WatchSeconds = 180;

    private readonly Lock gate = new();
    private readonly SortedDictionary<long, Dictionary<Plane, PlaneSlot>> slots = [];
    private readonly Queue<FlowSample> bad = [];
    private readonly Queue<FlowSample> good = [];
    private readonly Queue<FlowSample> confirmations = [];
    private readonly Dictionary<long, long> watched = [];
    private readonly Dictionary<(int Host, long Window), HostNoise> noise = [];
    private long[] heard;
    private Fleet fleet;

    /// <summary>Remembers nothing yet.</summary>
    public ProbeMemory(Topology topology)
    {
        fleet = new Fleet(topology);
        heard = new long[fleet.Hosts.Count];
    }

    /// <summary>The hosts.</summary>
    public Fleet Fleet
    {
        get
        {
            lock (gate) return fleet;
        }
    }

    /// <summary>Takes another topology over. What is remembered under the one before is forgotten where hosts have moved.</summary>
    /// <returns>Whether all have the numbers that they had.</returns>
    public bool Follow(Topology topology)
    {
        lock (gate)
        {
            if (ReferenceEquals(topology, fleet.Topology)) return true;
            var next = new Fleet(topology);
            var same = next.Hosts.Count == fleet.Hosts.Count && next.Hosts.Zip(fleet.Hosts).All(pair => pair.First.Name == pair.Second.Name && pair.First.Pod.Path == pair.Second.Pod.Path);
            fleet = next;
            if (same) return true;
            heard = new long[fleet.Hosts.Count];
            slots.Clear();
            bad.Clear();
            good.Clear();
            confirmations.Clear();
            watched.Clear();
            noise.Clear();
            return false;
        }
    }

    /// <summary>Adds an upload.</summary>
    /// <param name="batch">The upload.</param>
    /// <param name="now">Unix seconds.</param>
    public void Take(CheckedBatch batch, long now)
    {
        lock (gate)
        {
            var source = fleet.Find(batch.Host);
            if (source < 0) return;
            heard[source] = Math.Max(heard[source], now);
            foreach (var mark in batch.Noise) noise[(source, Windows.StartOf(mark.Start, Windows.LiveSeconds))] = mark.Noise;
            foreach (var series in batch.Series) Take(source, series, now);
            foreach (var record in batch.Records) Take(source, record, now);
        }
    }

    /// <summary>Forgets what is too old.</summary>
    public void Trim(long now)
    {
        lock (gate)
        {
            var oldest = now - (long)Span.TotalSeconds;
            foreach (var start in slots.Keys.TakeWhile(start => start < oldest).ToList()) slots.Remove(start);
            while (bad.TryPeek(out var sample) && (sample.At < oldest * 1_000_000 || bad.Count > MostBadSamples)) bad.Dequeue();
            while (good.TryPeek(out var sample) && (sample.At < oldest * 1_000_000 || good.Count > MostGoodSamples)) good.Dequeue();
            while (confirmations.TryPeek(out var sample) && (sample.At < oldest * 1_000_000 || confirmations.Count > MostConfirmations)) confirmations.Dequeue();
            foreach (var key in watched.Where(one => one.Value < now - WatchSeconds).Select(one => one.Key).ToList()) watched.Remove(key);
            foreach (var key in noise.Keys.Where(key => key.Window < oldest).ToList()) noise.Remove(key);
        }
    }

    /// <summary>Looks at it while nothing is added.</summary>
    public T Look<T>(Func<ProbeMemoryView, T> look)
    {
        lock (gate) return look(new ProbeMemoryView(fleet, slots, bad, good, confirmations, noise, heard));
    }

    private void Take(int source, CheckedSeries series, long now)
    {
        if (Plane.Of(series.Key) is not { } plane || series.Start < now - (long)Span.TotalSeconds || series.Start > now + Windows.LiveSeconds) return;
        if (!slots.TryGetValue(series.Start, out var planes)) slots[series.Start] = planes = [];
        if (!planes.TryGetValue(plane, out var slot)) planes[plane] = slot = new PlaneSlot(fleet);
        foreach (var (address, measurement) in series.Rows)
        {
            var target = fleet.Find(address);
            if (target < 0 || target == source) continue;
            var span = fleet.SpanOf(source, target);
            var tally = PairTally.Of(measurement, span, plane.IsPayload);
            var key = PlaneSlot.KeyOf(source, target);
            var isBad = tally.Failed + tally.Dropped > 0;
            if (isBad && (watched.Count < MostWatched || watched.ContainsKey(key))) watched[key] = series.Start;
            slot.Add(source, target, span, tally, isBad || (watched.Count > 0 && watched.ContainsKey(key)));
        }
    }

    private void Take(int source, CheckedRecord record, long now)
    {
        var target = fleet.Find(record.Peer);
        var outcome = record.Outcome;
        if (target < 0 || target == source || Plane.Of(record.Series) is null || outcome.StartedUnixMicroseconds / 1_000_000 < now - (long)Span.TotalSeconds) return;
        var sample = new FlowSample(
            outcome.StartedUnixMicroseconds, record.Series, source, target, outcome.SourcePort, record.PeerPort, AddressKey.ToAddress(record.Peer), outcome.Error, outcome.Retransmissions,
            outcome.LossDirection, outcome.RttNanoseconds, record.Confirms);
        if (record.Confirms > 0)
        {
            // No fair sample: it tells of its five-tuple only.
            confirmations.Enqueue(sample);
            return;
        }

        var span = fleet.SpanOf(source, target);
        if (sample.IsBad(Signal.Loss, span) || sample.IsBad(Signal.Slow, span)) bad.Enqueue(sample);
        else if (sample.IsGood(span)) good.Enqueue(sample);
    }
}
