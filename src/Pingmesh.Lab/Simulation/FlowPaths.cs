using System.Collections.Concurrent;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Simulation;

/// <summary>
/// The way of a flow through a fabric: every switch with several links onward takes one by a hash of the five-tuple with a
/// seed of its own, around links that are down. Thread-safe.
/// </summary>
internal sealed class FlowPaths
{
    private readonly Dictionary<FabricNode, Onward> onward = [];
    private readonly HashSet<FabricLink> down;
    private readonly IReadOnlyDictionary<FabricNode, FabricLink> pins;
    private readonly FabricRoutes? routes;
    private readonly ConcurrentDictionary<FabricNode, Dictionary<FabricNode, List<FabricLink>>> waysTo = [];

    /// <summary>Ways through a fabric.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="down">Links that are down.</param>
    /// <param name="pins">Switches that send all that goes up over one link.</param>
    public FlowPaths(Fabric fabric, HashSet<FabricLink> down, IReadOnlyDictionary<FabricNode, FabricLink> pins)
    {
        this.down = down;
        this.pins = pins;

        // While nothing between switches is down the ways follow from the positions.
        if (down.Any(link => link.Number >= 0)) routes = new FabricRoutes(fabric, link => !down.Contains(link));
        foreach (var node in fabric.Switches) onward.Add(node, Onward.Of(node));
    }

    /// <summary>Finds the links from host to host, in order.</summary>
    /// <param name="from">The sending host.</param>
    /// <param name="to">The receiving host.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="links">Takes the links, cleared before.</param>
    /// <returns>Whether there is a way; without one, the links lead to where it ends.</returns>
    public bool Find(FabricNode from, FabricNode to, in Flow flow, List<FabricLink> links)
    {
        links.Clear();
        var (first, last) = (from.Links[0], to.Links[0]);
        if (down.Contains(first)) return false;
        links.Add(first);
        var node = first.Upper;
        var tor = last.Upper;
        while (node != tor)
        {
            var next = Next(node, tor);
            if (next is not { Count: > 0 }) return false;
            var link = pins.TryGetValue(node, out var pin) && next.Contains(pin) ? pin : next[Choose(flow, onward[node].Seed, next.Count)];
            links.Add(link);
            node = link.Across(node);
        }

        if (down.Contains(last)) return false;
        links.Add(last);
        return true;
    }

    private static int Choose(in Flow flow, ulong seed, int count) => count == 1 ? 0 : (int)(((UInt128)flow.Hash(seed) * (ulong)count) >> 64);

    private List<FabricLink>? Next(FabricNode node, FabricNode tor)
    {
        if (routes is null) return onward[node].Towards(tor);
        return waysTo.GetOrAdd(tor, routes.WaysTo).GetValueOrDefault(node);
    }

    private sealed class Onward
    {
        private readonly List<FabricLink> up = [];
        private readonly Dictionary<string, List<FabricLink>> below = new(StringComparer.Ordinal);
        private readonly SwitchTier tier;

        private Onward(FabricNode node)
        {
            tier = node.Tier!.Value;
            Seed = SimulationRandom.Hash(node.Name);
        }

        public ulong Seed { get; }

        public static Onward Of(FabricNode node)
        {
            var made = new Onward(node);
            foreach (var link in node.Links)
            {
                if (link.Lower == node) made.up.Add(link);
                else if (!link.Lower.IsHost) made.Below(link.Lower.Scope).Add(link);
            }

            return made;
        }

        // Of a leaf the ToR below has the pod's path, of a spine the leaves below have the podset's, of a border the spines the dc's.
        public List<FabricLink> Towards(FabricNode tor)
        {
            var scope = tier switch
            {
                SwitchTier.Leaf => tor.Scope,
                SwitchTier.Spine => tor.Scope[..tor.Scope.LastIndexOf('/')],
                SwitchTier.Border => tor.Scope[..tor.Scope.IndexOf('/', StringComparison.Ordinal)],
                _ => "",
            };
            return below.GetValueOrDefault(scope) ?? up;
        }

        private List<FabricLink> Below(string scope)
        {
            if (!below.TryGetValue(scope, out var list)) below[scope] = list = [];
            return list;
        }
    }
}
