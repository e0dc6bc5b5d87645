using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Faults;

/// <summary>What kind of place a fault can be at.</summary>
[Flags]
public enum PlaceKind
{
    /// <summary>A host: <c>dc1-ps1-pod1-h1</c>.</summary>
    Host = 1,

    /// <summary>A switch: <c>dc1-spine1</c>.</summary>
    Switch = 2,

    /// <summary>A link: <c>dc1-ps1-leaf1~dc1-spine1</c>, in either order.</summary>
    Link = 4,

    /// <summary>A layer of switches: <c>dc1/spines</c>, <c>dc1/ps1/leaves</c>, <c>borders</c>.</summary>
    Layer = 8,

    /// <summary>A pod: <c>dc1/ps1/pod1</c>.</summary>
    Pod = 16,

    /// <summary>A podset: <c>dc1/ps1</c>.</summary>
    Podset = 32,
}

/// <summary>A place in a fabric: the switches, the link or the hosts that a fault is at.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it was given.</param>
/// <param name="Switches">The switches there.</param>
/// <param name="Hosts">The hosts there.</param>
/// <param name="Link">The link; of a host its own.</param>
public sealed record FaultPlace(PlaceKind Kind, string Text, IReadOnlyList<FabricNode> Switches, IReadOnlyList<FabricNode> Hosts, FabricLink? Link)
{
    /// <summary>The ways to write places, for messages.</summary>
    public const string Rule = "a host or switch by name, a link as 'A~B', a layer as 'dc1/spines' or 'dc1/ps1/leaves', a pod or podset by path";

    /// <summary>The interfaces that all packets of the place come in by, each once: of switches all of theirs, of a link its two ends.</summary>
    public IEnumerable<(FabricNode Node, IReadOnlyList<string> Interfaces)> Ingress => Link is not null
        ? [(Link.Lower, [Link.InterfaceAt(Link.Lower)]), (Link.Upper, [Link.InterfaceAt(Link.Upper)])]
        : Switches.Select(one => (one, (IReadOnlyList<string>)[.. one.Links.Select(link => link.InterfaceAt(one))]));

    /// <summary>Reads a place.</summary>
    /// <exception cref="LabException">There is no such place in the fabric; says what may have been meant.</exception>
    public static FaultPlace Parse(Fabric fabric, string text)
    {
        if (fabric.Find(text) is { } node)
        {
            return node.IsHost
                ? new FaultPlace(PlaceKind.Host, text, [], [node], node.Links[0])
                : new FaultPlace(PlaceKind.Switch, text, [node], [], null);
        }

        if (text.Contains('~', StringComparison.Ordinal)) return ParseLink(fabric, text);
        if (text == "borders") return Layer(text, [.. fabric.Switches.Where(one => one.Tier == SwitchTier.Border)]);
        var slash = text.LastIndexOf('/');
        if (slash > 0)
        {
            var parent = text[..slash];
            if (text[slash..] == "/spines") return Layer(text, [.. fabric.Switches.Where(one => one.Tier == SwitchTier.Spine && one.Scope == parent)]);
            if (text[slash..] == "/leaves") return Layer(text, [.. fabric.Switches.Where(one => one.Tier == SwitchTier.Leaf && one.Scope == parent)]);
            var below = text + "/";
            var switches = fabric.Switches.Where(one => one.Scope == text || one.Scope.StartsWith(below, StringComparison.Ordinal)).ToList();
            var hosts = fabric.Hosts.Where(one => one.Scope == text || one.Scope.StartsWith(below, StringComparison.Ordinal)).ToList();
            if (hosts.Count > 0) return new FaultPlace(text.Count(c => c == '/') == 2 ? PlaceKind.Pod : PlaceKind.Podset, text, switches, hosts, null);
        }

        var places = fabric.Names.Concat(fabric.Switches.Select(one => one.Scope));
        throw new LabException($"there is no '{text}' in the fabric; {(NearestKey.Of(text, [.. places]) is { } nearest ? $"did you mean '{nearest}'?" : $"give {Rule}")}");
    }

    private static FaultPlace ParseLink(Fabric fabric, string text)
    {
        var ends = text.Split('~');
        var nodes = ends.Select(name => fabric.Find(name) ?? throw new LabException(
            $"there is no '{name}' in the fabric; {(NearestKey.Of(name, [.. fabric.Names]) is { } nearest ? $"did you mean '{nearest}'?" : $"give {Rule}")}")).ToList();
        if (nodes.Count != 2) throw new LabException($"'{text}' is no link; write its two ends as 'A~B'");
        var link = nodes[0].Links.Find(one => one.Across(nodes[0]) == nodes[1])
            ?? throw new LabException($"there is no link between {nodes[0]} and {nodes[1]}; {nodes[0]} has links to {string.Join(", ", nodes[0].Links.Select(one => one.Across(nodes[0])))}");
        return new FaultPlace(PlaceKind.Link, text, [], [], link);
    }

    private static FaultPlace Layer(string text, List<FabricNode> switches) => switches.Count > 0
        ? new FaultPlace(PlaceKind.Layer, text, switches, [], null)
        : throw new LabException($"there are no switches at '{text}'; give {Rule}");
}
