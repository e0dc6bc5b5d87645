using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Fabrics;

/// <summary>
/// A Clos fabric: hosts under ToRs, ToRs under the leaves of their podset, leaves under the spines of their data center,
/// spines under borders. Every two tiers are joined completely. Names and addresses follow from the positions, so the lab,
/// the simulator and the topology file speak of the same places.
/// </summary>
public sealed class Fabric
{
    private readonly Dictionary<string, FabricNode> nodes = new(StringComparer.Ordinal);
    private int switchLinks;

    /// <summary>The fabric of that shape.</summary>
    /// <exception cref="LabException">There cannot be one; says why.</exception>
    public Fabric(FabricShape shape)
    {
        if (shape.Problem is { } problem) throw new LabException(problem);
        Shape = shape;
        var switches = new List<FabricNode>();
        var hosts = new List<FabricNode>();
        var links = new List<FabricLink>();
        var borders = Make(switches, shape.Borders, n => new FabricNode($"border{n}", SwitchTier.Border, "", null));
        var pod = 0;
        for (var dc = 1; dc <= shape.Dcs; dc++)
        {
            var dcName = $"dc{dc}";
            var spines = Make(switches, shape.Spines, n => new FabricNode($"{dcName}-spine{n}", SwitchTier.Spine, dcName, null));
            Join(links, spines, borders);
            for (var podset = 1; podset <= shape.Podsets; podset++)
            {
                var podsetPath = $"{dcName}/ps{podset}";
                var leaves = Make(switches, shape.Leaves, n => new FabricNode($"{dcName}-ps{podset}-leaf{n}", SwitchTier.Leaf, podsetPath, null));
                Join(links, leaves, spines);
                for (var inPodset = 1; inPodset <= shape.Pods; inPodset++)
                {
                    var network = new PodNetwork(shape, pod++, dc, ((podset - 1) * shape.Pods) + inPodset);
                    var tors = Make(switches, 1, _ => new FabricNode($"{dcName}-ps{podset}-pod{inPodset}-tor", SwitchTier.Tor, $"{podsetPath}/pod{inPodset}", network));
                    Join(links, tors, leaves);
                    for (var host = 1; host <= shape.Hosts; host++)
                    {
                        var node = new FabricNode($"{dcName}-ps{podset}-pod{inPodset}-h{host}", null, $"{podsetPath}/pod{inPodset}", network) { Number = host, Index = hosts.Count };
                        hosts.Add(node);
                        links.Add(new FabricLink(node, tors[0], -1, links.Count));
                    }
                }
            }
        }

        Switches = switches;
        Hosts = hosts;
        Links = links;
        foreach (var node in switches.Concat(hosts)) nodes.Add(node.Name, node);
        foreach (var link in links)
        {
            link.Lower.Links.Add(link);
            link.Upper.Links.Add(link);
        }
    }

    /// <summary>Its shape.</summary>
    public FabricShape Shape { get; }

    /// <summary>The switches, from the borders down.</summary>
    public IReadOnlyList<FabricNode> Switches { get; }

    /// <summary>The hosts, pod after pod.</summary>
    public IReadOnlyList<FabricNode> Hosts { get; }

    /// <summary>The links, those of hosts included.</summary>
    public IReadOnlyList<FabricLink> Links { get; }

    /// <summary>The switch or host of that name, or null.</summary>
    public FabricNode? Find(string name) => nodes.GetValueOrDefault(name);

    /// <summary>The names of all switches and hosts.</summary>
    public IReadOnlyCollection<string> Names => nodes.Keys;

    /// <summary>The topology: hosts, switches, and the addresses of the links between switches.</summary>
    public Topology ToTopology()
    {
        var builder = new TopologyBuilder();
        foreach (var host in Hosts)
        {
            var path = host.Scope.Split('/');
            builder.AddHost(path[0], path[1], path[2], host.Name, host.Addresses);
        }

        builder.AddWiring(new Wiring(
            [.. Switches.Select(one => new Switch(one.Name, one.Tier!.Value, one.Scope, one.Addresses))],
            [.. Links.Where(link => link.Number >= 0).Select(link => new Link(new LinkEnd(link.Lower.Name, link.AddressesOf(link.Lower)), new LinkEnd(link.Upper.Name, link.AddressesOf(link.Upper))))],
            _ => false));
        return builder.Build();
    }

    private static FabricNode[] Make(List<FabricNode> all, int count, Func<int, FabricNode> make)
    {
        var made = Enumerable.Range(1, count).Select(make).ToArray();
        all.AddRange(made);
        return made;
    }

    private void Join(List<FabricLink> links, FabricNode[] lower, FabricNode[] upper)
    {
        foreach (var low in lower)
        {
            foreach (var high in upper) links.Add(new FabricLink(low, high, switchLinks++, links.Count));
        }
    }
}
