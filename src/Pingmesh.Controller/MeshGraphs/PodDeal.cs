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
    private readonly long turn;

    /// <summary>Plans the deal of one pod.</summary>
    /// <param name="slots">How many slots there may be: hosts of the pod times the peers each may have in other pods.</param>
    /// <param name="weight">Host pairs of the complete graph, over all other pods; each pod at least one.</param>
    /// <param name="pods">How many other pods there are.</param>
    /// <param name="ordinal">
    /// The pod's own position among all pods. Each pod begins to deal where the one before it ended its first run, so that the
    /// runs which the pods deal to one and the same pod lie side by side and load that one's hosts evenly, too.
    /// </param>
    public PodDeal(long slots, long weight, int pods, int ordinal)
    {
        this.slots = Math.Min(slots, weight);
        this.weight = weight;
        this.pods = pods;
        turn = pods == 0 ? 0 : ordinal % pods;
        First = pods == 0 ? 0 : Share(turn, this.slots, pods);
    }

    /// <summary>The first slot of the deal.</summary>
    public long First { get; }

    /// <summary>The first slot of the pod with that rank among the other pods, when those before it weigh that much together.</summary>
    /// <remarks>The pod's run ends where that of the next rank begins.</remarks>
    public long StartOf(long rank, long weightBefore)
    {
        if (slots == weight) return First + weightBefore;
        // One slot a pod, and the rest by the weight that is left.
        if (slots >= pods) return First + rank + Share(weightBefore - rank, slots - pods, weight - pods);
        // Fewer slots than pods: every (pods / slots)th pod gets one. Other source pods count from elsewhere, so that a pod
        // which one of them leaves out is covered by others.
        return Share(rank + turn, slots, pods);
    }

    /// <summary>How many of the slots are dealt to the host at <paramref name="index"/> of a pod of <paramref name="size"/>.</summary>
    public long CountFor(int index, int size) => SlotsBelow(First + slots, index, size) - SlotsBelow(First, index, size);

    private static long SlotsBelow(long end, int index, int size) => (end - index + size - 1) / size;

    // A million hosts in odd proportions overflow 64 bits here.
    private static long Share(long part, long of, long whole) => (long)((Int128)part * of / whole);
}
