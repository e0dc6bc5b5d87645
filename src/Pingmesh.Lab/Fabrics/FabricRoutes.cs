using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Fabrics;

/// <summary>
/// The routes that a fabric's routing protocol would come to: to each pod over all shortest ways that go up and then down
/// (as BGP in a Clos does, RFC 7938), around links that are down.
/// </summary>
public sealed class FabricRoutes
{
    private readonly Fabric fabric;
    private readonly Func<FabricLink, bool> isUp;
    private readonly List<FabricNode> tors;

    /// <summary>The routes while these links are up.</summary>
    public FabricRoutes(Fabric fabric, Func<FabricLink, bool> isUp)
    {
        this.fabric = fabric;
        this.isUp = isUp;
        tors = [.. fabric.Switches.Where(one => one.Tier == SwitchTier.Tor)];
    }

    /// <summary>
    /// For every switch, the links that lead on to each pod. A pod that cannot be reached has no links; a switch's own pod is
    /// not among them.
    /// </summary>
    public Dictionary<FabricNode, List<FabricRoute>> All()
    {
        var routes = fabric.Switches.ToDictionary(one => one, _ => new List<FabricRoute>());
        foreach (var tor in tors)
        {
            var ways = WaysTo(tor);
            foreach (var (node, list) in routes)
            {
                if (node != tor) list.Add(new FabricRoute(tor, ways.GetValueOrDefault(node) ?? []));
            }
        }

        return routes;
    }

    /// <summary>For every switch that can reach a pod, the links that lead on to it.</summary>
    public Dictionary<FabricNode, List<FabricLink>> WaysTo(FabricNode tor)
    {
        // Down first: who has the pod below, over which links. Then up: who has none below goes to those above that are nearest to it.
        var ways = new Dictionary<FabricNode, List<FabricLink>>();
        var distance = new Dictionary<FabricNode, int> { [tor] = 0 };
        List<FabricNode> below = [tor];
        while (below.Count > 0)
        {
            foreach (var link in below.SelectMany(node => node.Links.Where(link => link.Lower == node && isUp(link)))) Add(link.Upper, link);
            below = [.. below.SelectMany(node => node.Links.Where(link => link.Lower == node && isUp(link))).Select(link => link.Upper).Distinct()];
        }

        for (var tier = SwitchTier.Spine; tier >= SwitchTier.Tor; tier--)
        {
            foreach (var node in fabric.Switches.Where(node => node.Tier == tier && !distance.ContainsKey(node)).ToList())
            {
                foreach (var link in node.Links.Where(link => link.Lower == node && isUp(link) && distance.ContainsKey(link.Upper))) Add(node, link);
            }
        }

        return ways;

        void Add(FabricNode node, FabricLink link)
        {
            var hops = distance[link.Across(node)] + 1;
            if (distance.TryGetValue(node, out var best) && best < hops) return;
            if (best > hops || !ways.TryGetValue(node, out var list)) ways[node] = list = [];
            distance[node] = hops;
            list.Add(link);
        }
    }
}

/// <summary>A route of a switch to a pod.</summary>
/// <param name="Tor">The pod's ToR.</param>
/// <param name="Links">The links that lead on; empty when the pod cannot be reached.</param>
public sealed record FabricRoute(FabricNode Tor, IReadOnlyList<FabricLink> Links);
