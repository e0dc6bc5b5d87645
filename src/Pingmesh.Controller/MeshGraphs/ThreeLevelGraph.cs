using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// The paper's three levels of complete graphs (section 3.3.1): all hosts of a pod; all pods of a data center, host i of one
/// probing host i of the other; all data centers, through selected hosts of each pod. A pure function, computed for one
/// host at a time. <c>docs/decisions/</c> says what happens between pods of different size, between data centers, and under the cap.
/// </summary>
public static class ThreeLevelMesh
{
    /// <summary>The pinglist of one host: at most <see cref="MeshSettings.MaxPeers"/> peers, the same bytes for the same input.</summary>
    /// <exception cref="ArgumentException">The settings are impossible, or the host is not of this topology.</exception>
    public static Pinglist PinglistFor(Topology topology, MeshSettings settings, Host host)
    {
        settings.ThrowIfInvalid();
        if (!ReferenceEquals(topology.FindHost(host.Name), host))
            throw new ArgumentException($"host '{host.Name}' is not of this topology", nameof(host));

        var pods = new OtherPods(topology, settings, host.Pod);
        var pairs = pods.CountPairs();
        var size = host.Pod.Hosts.Count;
        var ring = RingSize(size, pods.Count, settings.MaxPeers);
        var list = new PeerList(host);
        AddRing(list, host, ring);

        var slots = (long)size * (settings.MaxPeers - ring);
        var deal = new PodDeal(slots, pairs, pods.Count, host.Pod.Ordinal);
        foreach (var pod in pods)
        {
            var first = deal.StartOf(pod.Rank, pod.WeightBefore);
            var end = deal.StartOf(pod.Rank + 1, pod.WeightBefore + pod.Weight);
            for (var slot = first + Modulo(host.Index - first, size); slot < end; slot += size)
            {
                // Within a data center equal pods meet at equal positions: host i probes host i. Between data centers the
                // target's position goes on from source pod to source pod instead, to load its hosts evenly.
                var position = pod.SameDc ? slot : pod.TargetOffset + slot - first;
                list.Add(pod.SameDc ? ProbeClass.IntraDc : ProbeClass.InterDc, pod.Pod.Hosts[(int)(position % pod.Pod.Hosts.Count)]);
            }
        }

        var complete = size - 1 + new PodDeal(pairs, pairs, pods.Count, host.Pod.Ordinal).CountFor(host.Index, size);
        return list.ToPinglist(topology.Version, settings, complete);
    }

    /// <summary>How many hosts of its own pod a host probes: all, unless that leaves too few slots for the other pods.</summary>
    private static int RingSize(int size, int otherPods, int maxPeers)
    {
        var slotsForCoverage = (otherPods + size - 1) / size;
        // When even so not every pod can be covered, neither level goes without.
        var atMost = slotsForCoverage <= maxPeers ? maxPeers - slotsForCoverage : maxPeers / 2;
        return Math.Min(size - 1, atMost);
    }

    // A circulant graph: the same distances for every host, so that each is probed by as many as it probes.
    private static void AddRing(PeerList list, Host host, int ring)
    {
        var hosts = host.Pod.Hosts;
        for (var j = 0L; j < ring; j++)
        {
            var distance = 1 + (int)(j * (hosts.Count - 1) / ring);
            list.Add(ProbeClass.IntraPod, hosts[(host.Index + distance) % hosts.Count]);
        }
    }

    private static long Modulo(long value, long modulus) => ((value % modulus) + modulus) % modulus;
}
