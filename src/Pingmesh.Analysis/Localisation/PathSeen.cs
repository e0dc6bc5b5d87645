using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Localisation;

/// <summary>One direction of a flow's path, as far as a trace saw it.</summary>
internal sealed record PathSeen
{
    /// <summary>The nodes in order from the sender on; null where a hop kept silent. The target is last where it was reached.</summary>
    public required IReadOnlyList<string?> Nodes { get; init; }

    /// <summary>Whether the path breaks off before the last switch.</summary>
    public required bool IsBroken { get; init; }

    /// <summary>Of a broken path, where it may go on: each as likely as the others.</summary>
    public required IReadOnlyList<string> Next { get; init; }

    /// <summary>The last node that answered.</summary>
    public string LastSeen => Nodes.Last(node => node is not null)!;

    /// <summary>The switches and links of the path.</summary>
    public IEnumerable<Component> Components
    {
        get
        {
            for (var i = 0; i < Nodes.Count; i++)
            {
                if (Nodes[i] is not { } node) continue;

                // The sender says nothing; its link does.
                if (i > 0) yield return Component.Node(node);
                if (i > 0 && Nodes[i - 1] is { } before) yield return Component.Link(before, node);
            }
        }
    }

    /// <summary>Reads a trace.</summary>
    /// <param name="flow">The trace; null where there is none.</param>
    /// <param name="from">The host that sent.</param>
    /// <param name="to">The host it was sent to.</param>
    /// <param name="graph">Names and neighbours.</param>
    /// <returns>The path; null where nothing is known.</returns>
    public static PathSeen? Of(TracedFlow? flow, Host from, Host to, FabricGraph graph)
    {
        if (flow is null) return null;
        var nodes = new List<string?> { from.Name };
        foreach (var hop in flow.Hops)
        {
            var isTarget = hop.Addresses.Any(to.Addresses.Contains);
            if (isTarget) break;
            nodes.Add(hop.Addresses.Count == 1 ? graph.NameOf(hop.Addresses[0]) : null);
        }

        // Hops that kept silent before a target that was reached are there all the same.
        if (flow.Reached)
        {
            nodes.Add(to.Name);
            Fill(nodes, to, graph);
            return new PathSeen { Nodes = nodes, IsBroken = false, Next = [] };
        }

        while (nodes[^1] is null) nodes.RemoveAt(nodes.Count - 1);
        Fill(nodes, to, graph);
        var last = nodes[^1]!;
        var next = nodes.Count == 1 ? graph.TorOf(from) is { } first ? [first] : [] : graph.Onward(last, to);

        // Whether the target's answer or the last link was lost does not show in this direction.
        if (next.Count == 1 && next[0] == to.Name)
        {
            nodes.Add(to.Name);
            return new PathSeen { Nodes = nodes, IsBroken = false, Next = [] };
        }

        return new PathSeen { Nodes = nodes, IsBroken = true, Next = next };
    }

    // A silent hop between two that answer has a name where only one switch lies between them.
    private static void Fill(List<string?> nodes, Host to, FabricGraph graph)
    {
        for (var i = 1; i + 1 < nodes.Count; i++)
        {
            if (nodes[i] is not null || nodes[i - 1] is not { } before || nodes[i + 1] is not { } after) continue;
            var between = graph.Onward(before, to).Where(node => graph.Onward(node, to).Contains(after)).ToList();
            if (between.Count == 1) nodes[i] = between[0];
        }
    }
}
