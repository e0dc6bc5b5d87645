using System.Collections.Frozen;
using System.Net;

namespace Pingmesh.Core.Topologies;

/// <summary>The tiers of switches, from the hosts up (paper, section 2.1).</summary>
public enum SwitchTier
{
    /// <summary>Top of rack: the switch of a pod.</summary>
    Tor = 1,

    /// <summary>Leaf: one of those of a podset.</summary>
    Leaf = 2,

    /// <summary>Spine: one of those of a data center.</summary>
    Spine = 3,

    /// <summary>Border: joins data centers.</summary>
    Border = 4,
}

/// <summary>A switch.</summary>
/// <param name="Name">Name, unique among switches and hosts.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Scope">Path of what it serves: of a ToR its pod, of a leaf its podset, of a spine its data center; empty for a border.</param>
/// <param name="Addresses">Addresses that are no link's, such as that of its loopback interface; may be none.</param>
public sealed record Switch(string Name, SwitchTier Tier, string Scope, IReadOnlyList<IPAddress> Addresses);

/// <summary>One end of a link.</summary>
/// <param name="Node">The switch or host.</param>
/// <param name="Addresses">The addresses of its interface there; may be none.</param>
public sealed record LinkEnd(string Node, IReadOnlyList<IPAddress> Addresses);

/// <summary>A link between two switches, or between a switch and a host.</summary>
/// <param name="A">One end.</param>
/// <param name="B">The other.</param>
public sealed record Link(LinkEnd A, LinkEnd B)
{
    /// <summary>Its name: <c>A~B</c>.</summary>
    public string Name => $"{A.Node}~{B.Node}";

    /// <summary>The end at that node; null when there is none.</summary>
    public LinkEnd? EndAt(string node) => A.Node == node ? A : B.Node == node ? B : null;

    /// <summary>The end across from that node; null when the node is no end.</summary>
    public LinkEnd? Across(string node) => A.Node == node ? B : B.Node == node ? A : null;
}

/// <summary>
/// The switches between the hosts and their links, as far as they are known: what gives a hop of a path its name. Immutable.
/// </summary>
public sealed class Wiring
{
    private readonly FrozenDictionary<string, Switch> byName;
    private readonly FrozenDictionary<IPAddress, Switch> byAddress;

    /// <summary>A wiring.</summary>
    /// <exception cref="ArgumentException">A name or an address is there twice, a link leads to nowhere or to itself; says which.</exception>
    /// <param name="switches">The switches.</param>
    /// <param name="links">The links.</param>
    /// <param name="isHost">Whether a name is a host's.</param>
    public Wiring(IReadOnlyList<Switch> switches, IReadOnlyList<Link> links, Func<string, bool> isHost)
    {
        Switches = switches;
        Links = links;
        var names = new Dictionary<string, Switch>(StringComparer.Ordinal);
        var addresses = new Dictionary<IPAddress, Switch>();
        foreach (var one in switches)
        {
            if (!ScopeName.IsValid(one.Name)) throw new ArgumentException($"'{one.Name}' is no valid name: {ScopeName.Rule}");
            if (isHost(one.Name)) throw new ArgumentException($"switch '{one.Name}' has the name of a host");
            if (!names.TryAdd(one.Name, one)) throw new ArgumentException($"two switches are named '{one.Name}'");
            foreach (var address in one.Addresses) Own(address, one);
        }

        var seen = new HashSet<(string, string)>();
        foreach (var link in links)
        {
            foreach (var end in new[] { link.A, link.B })
            {
                if (names.TryGetValue(end.Node, out var one))
                {
                    foreach (var address in end.Addresses) Own(address, one);
                }
                else if (!isHost(end.Node))
                {
                    throw new ArgumentException($"link '{link.Name}': there is no switch or host '{end.Node}'");
                }
            }

            if (link.A.Node == link.B.Node) throw new ArgumentException($"link '{link.Name}' leads from a node to itself");
            if (!seen.Add((link.A.Node, link.B.Node))) throw new ArgumentException($"link '{link.Name}' is there twice");
        }

        byName = names.ToFrozenDictionary(StringComparer.Ordinal);
        byAddress = addresses.ToFrozenDictionary();

        void Own(IPAddress address, Switch one)
        {
            if (!addresses.TryAdd(address, one) && addresses[address] != one)
                throw new ArgumentException($"address {address} of switch '{one.Name}' is already that of switch '{addresses[address].Name}'");
        }
    }

    /// <summary>Nothing is known.</summary>
    public static Wiring None { get; } = new([], [], _ => false);

    /// <summary>The switches.</summary>
    public IReadOnlyList<Switch> Switches { get; }

    /// <summary>The links.</summary>
    public IReadOnlyList<Link> Links { get; }

    /// <summary>The switch of that name, or null.</summary>
    public Switch? FindSwitch(string name) => byName.GetValueOrDefault(name);

    /// <summary>The switch that has that address, on a link or of its own, or null.</summary>
    public Switch? FindSwitch(IPAddress address) => byAddress.GetValueOrDefault(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
