namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Deals a pod's probes of other pods to the pod's own hosts, like cards: numbered slots, slot s to host s mod size. Every
/// other pod gets a run of consecutive slots, as long as its weight when all fits, and in proportion but at least one when
/// not. So every host gets the same number of slots, give or take one, and every pod stays covered.
/// </summary>
internal readonly struct PodDeal
{
    private readonly long slots;
    private readonly long weight;
    private readonly long pods;
    private readonly long start;

    /// <summary>Plans the deal of one pod.</summary>
    /// <param name="slots">How many slots there may be: hosts of the pod times the peers each may have in other pods.</param>
    /// <param name="weight">Host pairs of the complete graph, over all other pods; each pod at least one.</param>
    /// <param name="pods">How many other pods there are.</param>
    /// <param name="ordinal">
    /// The pod's own position among all pods. Each pod begins to deal where the one before it ended its first run, so that the
    /// runs which the pods deal to one and the same pod lie side by side and load that one's hosts evenly, too.
    /// </param>
    /// <param name="turn">Number of the turn, from 0. Where not all fits, other pods and other hosts get their slots at each turn.</param>
    public PodDeal(long slots, long weight, int pods, int ordinal, long turn = 0)
    {
        this.slots = Math.Min(slots, weight);
        this.weight = weight;
        this.pods = pods;
        start = pods == 0 ? 0 : ordinal % pods;
        First = pods == 0 ? 0 : Share(start, this.slots, pods);
        if (slots >= weight) return;

        // Where there are fewer slots than pods, all pods get their turn before the hosts change.
        var turnsOfPods = Thinning.Turns(pods, this.slots);
        start = (start + (turn % turnsOfPods)) % pods;
        Shift = turn / turnsOfPods;
    }

    /// <summary>How far the hosts have moved on: slot s belongs to the host, and in the same data center goes to the one, at position s + shift.</summary>
    public long Shift { get; }

    /// <summary>The first slot of the deal.</summary>
    public long First { get; }

    /// <summary>The first slot of the pod with that rank among the other pods, when those before it weigh that much together.</summary>
    public long StartOf(long rank, long weightBefore)
    {
        if (slots == weight) return First + weightBefore;
        // One slot a pod, and the rest by the weight that is left.
        if (slots >= pods) return First + rank + Share(weightBefore - rank, slots - pods, weight - pods);
        // Fewer slots than pods: every (pods / slots)th pod gets one. Other source pods count from elsewhere, so that a pod
        // which one of them leaves out is covered by others.
        return Share(rank + start, slots, pods);
    }

    /// <summary>Where the run of the pod with that rank ends, when it and those before it weigh that much together.</summary>
    public long EndOf(long rank, long weightWith) => StartOf(rank + 1, weightWith);

    /// <summary>How many of the slots are dealt to the host at <paramref name="index"/> of a pod of <paramref name="size"/>.</summary>
    public long CountFor(int index, int size) => SlotsBelow(First + slots, index, size) - SlotsBelow(First, index, size);

    private static long SlotsBelow(long end, int index, int size) => (end - index + size - 1) / size;

    // A million hosts in odd proportions overflow 64 bits here.
    private static long Share(long part, long of, long whole) => (long)((Int128)part * of / whole);
}
