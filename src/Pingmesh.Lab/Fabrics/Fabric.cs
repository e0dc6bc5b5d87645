using System.Net;
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

/// <summary>A switch or a host of a fabric.</summary>
/// <param name="name">Its name.</param>
/// <param name="tier">Its tier; null of a host.</param>
/// <param name="scope">What it serves (see <see cref="Switch.Scope"/>); of a host its pod.</param>
/// <param name="network">The network of its pod; null of switches above the ToR.</param>
public sealed class FabricNode(string name, SwitchTier? tier, string scope, PodNetwork? network)
{
    /// <summary>Name.</summary>
    public string Name => name;

    /// <summary>Tier; null of a host.</summary>
    public SwitchTier? Tier => tier;

    /// <summary>Whether it is a host.</summary>
    public bool IsHost => tier is null;

    /// <summary>Path of what it serves; of a host its pod.</summary>
    public string Scope => scope;

    /// <summary>The network of its pod; null of switches above the ToR.</summary>
    public PodNetwork? Network => network;

    /// <summary>Its number in its pod, from 1; hosts only.</summary>
    public int Number { get; init; }

    /// <summary>Its position among the hosts of the fabric, from 0; hosts only.</summary>
    public int Index { get; init; }

    /// <summary>Its own addresses: a host's two, a ToR's two as the gateway of its pod, none of others.</summary>
    public IReadOnlyList<IPAddress> Addresses => network is null ? [] : IsHost ? network.AddressesOf(Number) : network.Gateway;

    /// <summary>Its links.</summary>
    public List<FabricLink> Links { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => name;
}

/// <summary>A link of a fabric.</summary>
/// <param name="lower">The end nearer to the hosts.</param>
/// <param name="upper">The other end.</param>
/// <param name="number">Its number among the links between switches, from 0; -1 of a host's link.</param>
/// <param name="index">Its number among all links, from 0.</param>
public sealed class FabricLink(FabricNode lower, FabricNode upper, int number, int index)
{
    /// <summary>The end nearer to the hosts.</summary>
    public FabricNode Lower => lower;

    /// <summary>The other end.</summary>
    public FabricNode Upper => upper;

    /// <summary>Its number among the links between switches, from 0; -1 of a host's link.</summary>
    public int Number => number;

    /// <summary>Its name: <c>LOWER~UPPER</c>.</summary>
    public string Name => $"{lower.Name}~{upper.Name}";

    /// <summary>Its number among all links, from 0.</summary>
    public int Index => index;

    /// <summary>The hardware address at an end, locally administered.</summary>
    public string MacAt(FabricNode node) => $"02:00:{(index >> 16) & 0xff:x2}:{(index >> 8) & 0xff:x2}:{index & 0xff:x2}:{(node == lower ? 0 : 1):x2}";

    /// <summary>The end across from <paramref name="node"/>.</summary>
    public FabricNode Across(FabricNode node) => node == lower ? upper : lower;

    /// <summary>Name of the interface at an end, at most 15 characters as the kernel has it.</summary>
    public string InterfaceAt(FabricNode node)
    {
        if (node.IsHost) return "eth0";
        var across = Across(node);
        var prefix = across.Tier switch
        {
            // Of dc1-ps1-pod2-h3 a ToR needs only h3, a leaf only pod2 of dc1-ps1-pod2-tor, a spine ps1-leaf2, a border dc1-spine1.
            null => $"h{across.Number}",
            SwitchTier.Tor => across.Name.Split('-')[2],
            SwitchTier.Leaf => node.Tier == SwitchTier.Tor ? across.Name.Split('-')[2] : across.Name[(across.Name.IndexOf('-', StringComparison.Ordinal) + 1)..],
            SwitchTier.Spine => node.Tier == SwitchTier.Leaf ? across.Name.Split('-')[1] : across.Name,
            _ => across.Name,
        };
        return prefix;
    }

    /// <summary>The addresses of the interface at an end: of 172.16.0.0/12 a /31, of fd01::/64 a /127. None of a host's link.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(FabricNode node)
    {
        if (number < 0) return [];
        var own = node == lower ? 0 : 1;
        var ipv4 = 0xAC10_0000u + ((uint)number * 2) + (uint)own;
        Span<byte> ipv6 = stackalloc byte[16];
        ipv6.Clear();
        (ipv6[0], ipv6[1]) = (0xfd, 0x01);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(ipv6[10..], (uint)number);
        ipv6[15] = (byte)own;
        return [PodNetwork.ToAddress(ipv4), new IPAddress(ipv6)];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
