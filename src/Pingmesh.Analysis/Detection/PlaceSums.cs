using System.Runtime.InteropServices;

namespace Pingmesh.Analysis.Detection;

/// <summary>How many probes went through each place in a stretch of windows, and the pairs of which probes were in trouble.</summary>
internal sealed class PlaceSums
{
    private const int Spans = 4;

    private readonly Fleet fleet;
    private readonly long[] hosts;
    private readonly long[,] pods;
    private readonly long[,] podsets;
    private readonly long[,] dcs;
    private readonly Dictionary<(int, int), long> dcPairs = [];

    /// <summary>Adds up the windows of a plane that start in [from, to).</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="plane">Which probes.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds.</param>
    /// <param name="isExplained">Whether the trouble of a pair in a window has another cause, and does not count.</param>
    public PlaceSums(ProbeMemoryView view, Plane plane, long from, long to, Func<int, int, long, bool> isExplained)
    {
        fleet = view.Fleet;
        hosts = new long[fleet.Hosts.Count];
        pods = new long[fleet.Pods.Count, Spans];
        podsets = new long[fleet.Podsets.Count, Spans];
        dcs = new long[fleet.Dcs.Count, Spans];
        var pairs = new Dictionary<long, PairInTrouble>();
        foreach (var (start, slot) in view.Slots(plane, from, to))
        {
            for (var i = 0; i < hosts.Length; i++) hosts[i] += slot.Sent[i] + slot.Received[i];
            for (var pod = 0; pod < fleet.Pods.Count; pod++)
            {
                for (var span = 0; span < Spans; span++) pods[pod, span] += slot.OfPod[(pod * Spans) + span];
            }

            foreach (var (pair, probes) in slot.OfDcPair) CollectionsMarshal.GetValueRefOrAddDefault(dcPairs, pair, out _) += probes;
            foreach (var (key, tally) in slot.Pairs)
            {
                var (source, target) = PlaneSlot.PairOf(key);
                if (isExplained(source, target, start)) continue;
                ref var its = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key, out var exists);
                if (!exists) its = new PairInTrouble { Source = source, Target = target, Span = fleet.SpanOf(source, target) };
                its.Tally.Add(tally);
                if (its.Since == 0 && tally.Failed + tally.Dropped + tally.Slow > 0) its.Since = start;
            }
        }

        // A probe within a podset or data center was counted for both of its pods.
        for (var pod = 0; pod < fleet.Pods.Count; pod++)
        {
            var podset = fleet.PodsetOfPod(pod);
            for (var span = 0; span < Spans; span++)
            {
                podsets[podset, span] += pods[pod, span];
                dcs[fleet.DcOfPodset(podset), span] += pods[pod, span];
            }
        }

        for (var podset = 0; podset < fleet.Podsets.Count; podset++) podsets[podset, (int)Span.Podset] /= 2;
        for (var dc = 0; dc < fleet.Dcs.Count; dc++)
        {
            dcs[dc, (int)Span.Podset] /= 2;
            dcs[dc, (int)Span.Dc] /= 2;
        }

        Pairs = [.. pairs.Values];
    }

    public Fleet Fleet => fleet;

    /// <summary>The pairs that had trouble now or shortly before, and that nothing else explains.</summary>
    public IReadOnlyList<PairInTrouble> Pairs { get; }

    /// <summary>All probes of a span.</summary>
    public long Of(Span span)
    {
        var sum = 0L;
        for (var dc = 0; dc < fleet.Dcs.Count; dc++) sum += dcs[dc, (int)span];
        return span == Span.Dcs ? sum / 2 : sum;
    }

    /// <summary>Probes through a place, by span; those of hosts and pairs all under the widest they may have.</summary>
    public void Read(Place place, Span<long> bySpan)
    {
        bySpan.Clear();
        switch (place.Layer)
        {
            case Layer.Host:
                bySpan[(int)Detection.Span.Dc] = hosts[place.A];
                break;
            case Layer.Tor:
                Copy(pods, place.A, bySpan, Detection.Span.Pod);
                break;
            case Layer.PodUplinks:
                Copy(pods, place.A, bySpan, Detection.Span.Podset);
                break;
            case Layer.LeafLayer:
                Copy(podsets, place.A, bySpan, Detection.Span.Podset);
                break;
            case Layer.PodsetUplinks:
                Copy(podsets, place.A, bySpan, Detection.Span.Dc);
                break;
            case Layer.SpineLayer:
                Copy(dcs, place.A, bySpan, Detection.Span.Dc);
                break;
            case Layer.DcPair:
                bySpan[(int)Detection.Span.Dcs] = dcPairs.GetValueOrDefault(place.A < place.B ? (place.A, place.B) : (place.B, place.A));
                break;
        }
    }

    private static void Copy(long[,] from, int row, Span<long> to, Span first)
    {
        for (var span = (int)first; span < Spans; span++) to[span] = from[row, span];
    }
}
