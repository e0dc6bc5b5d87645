using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// The paper's three levels of complete graphs (section 3.3.1): all hosts of a pod; all pods of a data center, host i of one
/// probing host i of the other; all data centers, through selected hosts of each pod. A pure function, computed for one
/// host at a time. <c>docs/decisions/</c> says what happens between pods of different size, between data centers, and under a cap.
/// </summary>
internal sealed class ThreeLevelGraph(MeshGraph settings, Topology members) : Graph(settings, members)
{
    private const int RingTurn = 4;

    private readonly int largestPod = members.Pods.Count == 0 ? 0 : members.Pods.Max(pod => pod.Hosts.Count);
    private readonly PodPairs pairs = new(members, settings.InterDcHosts);

    /// <inheritdoc/>
    public override long CompletePeers(Host host)
    {
        var weight = pairs.Of(host.Pod);
        return host.Pod.Hosts.Count - 1 + new PodDeal(weight, weight, Members.Pods.Count - 1, host.Pod.Ordinal).CountFor(host.Index, host.Pod.Hosts.Count);
    }

    /// <inheritdoc/>
    public override long MostPeers(Pod pod) => pod.Hosts.Count - 1 + ((pairs.Of(pod) + pod.Hosts.Count - 1) / pod.Hosts.Count);

    /// <inheritdoc/>
    public override long PeersOfPod(Pod pod, int most) => ((long)RingOf(pod, most) * pod.Hosts.Count) + UplinkPeersOfPod(pod, most);

    /// <inheritdoc/>
    public override long UplinkPeersOfPod(Pod pod, int most) => Math.Min(SlotsOf(pod, most), pairs.Of(pod));

    /// <inheritdoc/>
    public override int TurnsToCover(Pod pod, int most)
    {
        var (ring, _) = SharesAt(pod, most, RingTurn - 1);
        var slots = SlotsOf(pod, most);
        long turnsOfRing = Thinning.Turns(pod.Hosts.Count - 1, ring);
        var turnsOfPods = slots >= pairs.Of(pod) ? 1 : (long)Thinning.Turns(Members.Pods.Count - 1, slots) * largestPod;
        return (int)Math.Min(int.MaxValue, Math.Max(turnsOfRing, turnsOfPods) * (TakesTurns(pod, most) ? RingTurn : 1));
    }

    /// <inheritdoc/>
    public override bool Joins(Pod from, Pod to) => from != to || from.Hosts.Count > 1;

    /// <inheritdoc/>
    public override void AddPeers(PeerList list, Host host, int most, long turn)
    {
        var size = host.Pod.Hosts.Count;
        var (ring, slots) = SharesAt(host.Pod, most, turn);
        if (TakesTurns(host.Pod, most)) turn = ring > 0 ? turn / RingTurn : turn - (turn / RingTurn);
        AddRing(list, host, ring, turn);
        if (slots == 0) return;

        var pods = new OtherPods(Members, Settings.InterDcHosts, host.Pod);
        var deal = new PodDeal(slots, pairs.Of(host.Pod), pods.Count, host.Pod.Ordinal, turn);
        foreach (var pod in pods)
        {
            var first = deal.StartOf(pod.Rank, pod.WeightBefore);
            var end = deal.EndOf(pod.Rank, pod.WeightBefore + pod.Weight);
            for (var slot = first + Modulo(host.Index - first - deal.Shift, size); slot < end; slot += size)
            {
                // Within a data center equal pods meet at equal positions: host i probes host i. Between data centers the
                // target's position goes on from source pod to source pod instead, to load its hosts evenly.
                var position = pod.SameDc ? slot + deal.Shift : pod.TargetOffset + deal.Shift + slot - first;
                list.Add(pod.SameDc ? ProbeClass.IntraDc : ProbeClass.InterDc, pod.Pod.Hosts[(int)(position % pod.Pod.Hosts.Count)]);
            }
        }
    }

    /// <summary>How many hosts of its own pod a host probes: all, unless that leaves too few slots for the other pods.</summary>
    private int RingOf(Pod pod, int most)
    {
        var size = pod.Hosts.Count;
        var slotsForCoverage = (Members.Pods.Count - 1 + size - 1) / size;
        // When even so not every pod can be covered, neither level goes without.
        var atMost = slotsForCoverage <= most ? most - slotsForCoverage : most / 2;
        return Math.Min(size - 1, atMost);
    }

    // Where the other pods leave no slot to the own one, it has every fourth turn for itself.
    private bool TakesTurns(Pod pod, int most) => pod.Hosts.Count > 1 && RingOf(pod, most) == 0;

    private (int Ring, long Slots) SharesAt(Pod pod, int most, long turn) => TakesTurns(pod, most) && turn % RingTurn == RingTurn - 1
        ? (Math.Min(pod.Hosts.Count - 1, most), 0)
        : (RingOf(pod, most), SlotsOf(pod, most));

    private long SlotsOf(Pod pod, int most) => (long)pod.Hosts.Count * (most - RingOf(pod, most));

    // A circulant graph: the same distances for every host, so that each is probed by as many as it probes.
    private static void AddRing(PeerList list, Host host, int ring, long turn)
    {
        var hosts = host.Pod.Hosts;
        foreach (var distance in Thinning.Pick(hosts.Count - 1, ring, turn))
            list.Add(ProbeClass.IntraPod, hosts[(host.Index + 1 + distance) % hosts.Count]);
    }

    private static long Modulo(long value, long modulus) => ((value % modulus) + modulus) % modulus;
}
