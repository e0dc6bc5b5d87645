using System.Runtime.InteropServices;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// What one plane saw in one window: how many probes went where, and each host pair that had trouble. Pairs without trouble are
/// only counted in the sums, so that a healthy fleet costs a few numbers a host.
/// </summary>
internal sealed class PlaneSlot(Fleet fleet)
{
    // Beyond this everything is broken, and which pairs are does not matter any more.
    private const int MostPairs = 400_000;

    private const int Spans = 4;

    /// <summary>Probes that hosts sent.</summary>
    public int[] Sent { get; } = new int[fleet.Hosts.Count];

    /// <summary>Probes that hosts were the target of.</summary>
    public int[] Received { get; } = new int[fleet.Hosts.Count];

    /// <summary>Probes of which at least one end is in the pod, by span.</summary>
    public int[] OfPod { get; } = new int[fleet.Pods.Count * Spans];

    /// <summary>Probes between data centers, by the smaller and the larger number.</summary>
    public Dictionary<(int, int), int> OfDcPair { get; } = [];

    /// <summary>The pairs with trouble, and those that had it in the last minutes, by <see cref="KeyOf"/>.</summary>
    public Dictionary<long, PairTally> Pairs { get; } = [];

    /// <summary>Pairs with trouble that are not in <see cref="Pairs"/>, since it is full.</summary>
    public long Omitted { get; private set; }

    public static long KeyOf(int source, int target) => ((long)source << 32) | (uint)target;

    public static (int Source, int Target) PairOf(long key) => ((int)(key >> 32), (int)key);

    /// <summary>Adds the probes of a pair.</summary>
    /// <param name="source">The host that probed.</param>
    /// <param name="target">The host that was probed.</param>
    /// <param name="span">How far they are apart.</param>
    /// <param name="tally">The probes.</param>
    /// <param name="isWatched">Whether the pair is kept even without trouble.</param>
    public void Add(int source, int target, Span span, in PairTally tally, bool isWatched)
    {
        Sent[source] += tally.Probes;
        Received[target] += tally.Probes;
        var (a, b) = (fleet.PodOf(source), fleet.PodOf(target));
        OfPod[(a * Spans) + (int)span] += tally.Probes;
        if (a != b) OfPod[(b * Spans) + (int)span] += tally.Probes;
        if (span == Span.Dcs)
        {
            var (one, other) = (fleet.DcOf(source), fleet.DcOf(target));
            CollectionsMarshal.GetValueRefOrAddDefault(OfDcPair, one < other ? (one, other) : (other, one), out _) += tally.Probes;
        }

        if (!isWatched && tally.Failed + tally.Dropped + tally.Slow == 0) return;
        if (Pairs.Count >= MostPairs)
        {
            Omitted++;
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(Pairs, KeyOf(source, target), out _).Add(tally);
    }

    /// <summary>Probes through a place; of a pair those that are known of it.</summary>
    public long Through(Place place)
    {
        switch (place.Layer)
        {
            case Layer.Pair:
                return Pairs.GetValueOrDefault(KeyOf(place.A, place.B)).Probes + Pairs.GetValueOrDefault(KeyOf(place.B, place.A)).Probes;
            case Layer.Host:
                return Sent[place.A] + Received[place.A];
            case Layer.DcPair:
                return OfDcPair.GetValueOrDefault(place.A < place.B ? (place.A, place.B) : (place.B, place.A));
        }

        var probes = 0L;
        for (var pod = 0; pod < fleet.Pods.Count; pod++)
        {
            switch (place.Layer)
            {
                case Layer.Tor or Layer.PodUplinks when pod == place.A:
                    probes += place.Layer == Layer.Tor ? 2 * Of(pod, Span.Pod) : 0;
                    probes += 2 * (Of(pod, Span.Podset) + Of(pod, Span.Dc) + Of(pod, Span.Dcs));
                    break;
                case Layer.LeafLayer or Layer.PodsetUplinks when fleet.PodsetOfPod(pod) == place.A:
                    // Probes between its pods were counted for both.
                    probes += (place.Layer == Layer.LeafLayer ? Of(pod, Span.Podset) : 0) + (2 * (Of(pod, Span.Dc) + Of(pod, Span.Dcs)));
                    break;
                case Layer.SpineLayer when fleet.DcOfPodset(fleet.PodsetOfPod(pod)) == place.A:
                    probes += Of(pod, Span.Dc) + (2 * Of(pod, Span.Dcs));
                    break;
            }
        }

        return probes / 2;
    }

    private long Of(int pod, Span span) => OfPod[(pod * Spans) + (int)span];
}
