using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Host pairs of the complete graph between a pod and all others. They depend on sizes only, of which a fleet has few: so
/// they are summed up once for each size and data center.
/// </summary>
internal sealed class PodPairs
{
    private readonly Dictionary<(Dc Dc, int Size), long> pairs = [];

    public PodPairs(Topology topology, int interDcHosts)
    {
        var sizes = topology.Dcs.ToDictionary(dc => dc, dc => dc.Podsets.SelectMany(podset => podset.Pods).CountBy(pod => pod.Hosts.Count).ToList());
        foreach (var (dc, own) in sizes)
        {
            foreach (var (size, _) in own)
            {
                var sum = -(long)size;
                foreach (var (otherDc, others) in sizes)
                {
                    foreach (var (other, count) in others) sum += count * Between(size, other, dc == otherDc, interDcHosts);
                }

                pairs.Add((dc, size), sum);
            }
        }
    }

    /// <summary>Host pairs from a pod to all others.</summary>
    public long Of(Pod pod) => pairs[(pod.Podset.Dc, pod.Hosts.Count)];

    /// <summary>Host pairs from a pod of one size to a pod of another.</summary>
    public static long Between(int size, int other, bool sameDc, int interDcHosts)
    {
        var larger = Math.Max(size, other);
        if (sameDc) return larger;

        // A common multiple is at least the larger size: in almost every case there is nothing to divide.
        return interDcHosts <= larger ? interDcHosts : Math.Min(interDcHosts, LeastCommonMultiple(size, other));
    }

    // Stepping through two pods at once meets as many different pairs of hosts before it repeats.
    private static long LeastCommonMultiple(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0) (x, y) = (y, x % y);
        return a / x * b;
    }
}
