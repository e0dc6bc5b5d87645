using System.Collections;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// All pods but one, in the topology's order, with what the one needs to know to probe them. Enumerated anew each time: a
/// list of thousands of them for every pinglist would be garbage of the costly, large sort.
/// </summary>
internal sealed class OtherPods(Topology topology, int interDcHosts, Pod source) : IEnumerable<OtherPod>
{
    /// <summary>How many.</summary>
    public int Count => topology.Pods.Count - 1;

    /// <inheritdoc/>
    public IEnumerator<OtherPod> GetEnumerator()
    {
        var rank = 0;
        long weight = 0;
        var size = source.Hosts.Count;
        foreach (var dc in topology.Dcs)
        {
            var sameDc = ReferenceEquals(dc, source.Podset.Dc);
            var (first, count) = (dc.Podsets[0].Pods[0].Ordinal, dc.Podsets.Sum(podset => podset.Pods.Count));
            // The source's rank among the pods outside this data center: the position at which its turn comes there.
            var turn = source.Ordinal < first ? source.Ordinal : source.Ordinal - count;
            for (var ordinal = first; ordinal < first + count; ordinal++)
            {
                var pod = topology.Pods[ordinal];
                if (ReferenceEquals(pod, source)) continue;
                var pairs = PodPairs.Between(size, pod.Hosts.Count, sameDc, interDcHosts);
                yield return new OtherPod(pod, sameDc, rank++, weight, pairs, sameDc ? 0 : (long)turn * interDcHosts);
                weight += pairs;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A pod to be probed by another.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="SameDc">Whether both are in one data center.</param>
/// <param name="Rank">Position among all pods but the source, from 0.</param>
/// <param name="WeightBefore">Weights of those before it, in all.</param>
/// <param name="Weight">Host pairs of the complete graph, at least 1.</param>
/// <param name="TargetOffset">Position of the first host to be probed in another data center's pod.</param>
internal readonly record struct OtherPod(Pod Pod, bool SameDc, int Rank, long WeightBefore, long Weight, long TargetOffset);
