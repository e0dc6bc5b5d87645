using System.Collections.Concurrent;
using System.Net;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Localisation;

/// <summary>
/// The wiring as a graph: which names hops have, and which neighbours of a switch are on a shortest way to a host. Without a wiring hops are known by
/// their addresses and have no neighbours. Thread-safe.
/// </summary>
internal sealed class FabricGraph
{
    // A map of all switches each.
    private const int MostDistances = 1_024;

    private readonly Wiring wiring;
    private readonly Dictionary<string, List<string>> neighbours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> torOfPod = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Dictionary<string, int>> distances = new(StringComparer.Ordinal);

    /// <summary>The graph of a wiring.</summary>
    public FabricGraph(Wiring wiring)
    {
        this.wiring = wiring;
        foreach (var link in wiring.Links)
        {
            Add(link.A.Node, link.B.Node);
            Add(link.B.Node, link.A.Node);
        }

        foreach (var one in wiring.Switches.Where(one => one.Tier == SwitchTier.Tor)) torOfPod.TryAdd(one.Scope, one.Name);

        void Add(string from, string to)
        {
            if (!neighbours.TryGetValue(from, out var list)) neighbours[from] = list = [];
            list.Add(to);
        }
    }

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => wiring.Switches.Count > 0;

    /// <summary>The name of a hop: its switch's, or the address.</summary>
    public string NameOf(IPAddress hop) => wiring.FindSwitch(hop)?.Name ?? hop.ToString();

    /// <summary>The tier of a switch; null of anything else.</summary>
    public SwitchTier? TierOf(string node) => wiring.FindSwitch(node)?.Tier;

    /// <summary>What a switch serves, as a path; null of anything else.</summary>
    public string? ScopeOf(string node) => wiring.FindSwitch(node)?.Scope;

    /// <summary>The switch that a host hangs on; null where the wiring does not say.</summary>
    public string? TorOf(Host host)
    {
        if (neighbours.TryGetValue(host.Name, out var own) && own.Count > 0) return own[0];
        return torOfPod.GetValueOrDefault(host.Pod.Path);
    }

    /// <summary>The neighbours of a node that are nearer to a host; the host itself at its ToR; none where it is not known.</summary>
    public IReadOnlyList<string> Onward(string node, Host target)
    {
        if (TorOf(target) is not { } tor) return [];
        if (node == tor) return [target.Name];
        var distance = DistancesTo(tor);
        return !distance.TryGetValue(node, out var own) || !neighbours.TryGetValue(node, out var around)
            ? []
            : [.. around.Where(next => distance.TryGetValue(next, out var its) && its < own)];
    }

    // Breadth first, over switches only.
    private Dictionary<string, int> DistancesTo(string tor)
    {
        if (distances.TryGetValue(tor, out var known)) return known;
        if (distances.Count > MostDistances) distances.Clear();
        var distance = new Dictionary<string, int>(StringComparer.Ordinal) { [tor] = 0 };
        var queue = new Queue<string>([tor]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var next in neighbours.GetValueOrDefault(node) ?? [])
            {
                if (wiring.FindSwitch(next) is null || !distance.TryAdd(next, distance[node] + 1)) continue;
                queue.Enqueue(next);
            }
        }

        return distances[tor] = distance;
    }
}
