using System.Collections.Frozen;
using System.Net;

namespace Pingmesh.Core.Topologies;

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
