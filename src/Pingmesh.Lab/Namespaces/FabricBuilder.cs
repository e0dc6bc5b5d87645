using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// Makes a fabric of namespaces: a ToR is a bridge with a router on it, the other switches are routers, each spreading flows
/// over its next hops by their five-tuple.
/// </summary>
internal sealed class FabricBuilder(Fabric fabric, LabSpaces spaces)
{
    // Interfaces of a ToR towards its hosts are ports of this bridge.
    private const string Bridge = "hosts";

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);

    private static readonly ParallelOptions TwoAtOnce = new() { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) };

    // A link that is set down keeps its addresses. Nothing here announces routers, and no address needs to be tested for a twin.
    private static readonly KernelSetting[] Common =
    [
        new("ipv6/conf/all/keep_addr_on_down", "1"), new("ipv6/conf/default/keep_addr_on_down", "1"),
        new("ipv6/conf/default/accept_dad", "0"), new("ipv6/conf/default/accept_ra", "0"), new("ipv6/conf/default/router_solicitations", "0"),
        new("ipv4/ping_group_range", "0 2147483647", IsOptional: true),
    ];

    /// <summary>Makes everything; what is there of an earlier lab must be gone.</summary>
    public async Task BuildAsync()
    {
        var nodes = fabric.Switches.Concat(fabric.Hosts).ToList();
        spaces.Add(nodes);
        ForEach(nodes, node => spaces.Set(node, [.. Common, .. node.IsHost ? [] : RouterSettings(node)]));

        // A link is made from below, and moved to both ends in one step.
        ForEach(nodes, node => spaces.Ip(node, node.Links.Where(link => link.Lower == node).Select(link =>
            $"link add {link.InterfaceAt(node)} address {link.MacAt(node)} type veth peer name {link.InterfaceAt(link.Upper)} address {link.MacAt(link.Upper)} netns {spaces.NameOf(link.Upper)}")));
        ForEach(nodes, node => spaces.Ip(node, [.. node.IsHost ? HostLines(node) : SwitchLines(node), .. Neighbours(node)]));
        Route(_ => true, new Dictionary<FabricNode, FabricLink>());
        await SettleAsync(nodes);
    }

    /// <summary>Sets the routes anew.</summary>
    /// <param name="isUp">Whether a link is up; routes go around those that are not.</param>
    /// <param name="pins">Switches that send all they can over one link.</param>
    public void Route(Func<FabricLink, bool> isUp, IReadOnlyDictionary<FabricNode, FabricLink> pins)
    {
        var routes = new FabricRoutes(fabric, isUp).All();
        ForEach(routes, pair => spaces.Ip(pair.Key, RouteLines(pair.Key, pair.Value, pins.GetValueOrDefault(pair.Key)), force: true));
    }

    /// <summary>
    /// The lines of <c>ip</c> for a node's neighbours. They are given rather than found: the kernel's tables of those that it
    /// finds are shared by all namespaces and too small for a large lab, and a search delays or reorders the first packets.
    /// </summary>
    public static IEnumerable<string> Neighbours(FabricNode node)
    {
        if (node.IsHost)
        {
            var tor = node.Links[0].Upper;
            foreach (var line in Neighbour(tor.Addresses, BridgeMac(tor), "eth0")) yield return line;
            foreach (var mate in tor.Links.Where(link => link.Number < 0 && link.Lower != node).Select(link => link.Lower))
            {
                foreach (var line in Neighbour(mate.Addresses, mate.Links[0].MacAt(mate), "eth0")) yield return line;
            }

            yield break;
        }

        foreach (var link in node.Links)
        {
            var across = link.Across(node);
            var (addresses, own) = link.Number < 0 ? (across.Addresses, Bridge) : (link.AddressesOf(across), link.InterfaceAt(node));
            foreach (var line in Neighbour(addresses, link.MacAt(across), own)) yield return line;
        }
    }

    private static IEnumerable<string> Neighbour(IReadOnlyList<IPAddress> addresses, string mac, string own) =>
        addresses.Select(address => $"neigh replace {address} lladdr {mac} dev {own} nud permanent");

    // A bridge would take the lowest address of its ports, which is not known before.
    private static string BridgeMac(FabricNode tor) => "06" + tor.Links[0].MacAt(tor)[2..];

    /// <summary>The lines of <c>ip</c> for a host's routes.</summary>
    public static IEnumerable<string> HostRoutes(FabricNode host)
    {
        yield return $"route replace default via {host.Network!.Gateway[0]}";
        yield return $"route replace ::/0 via {host.Network!.Gateway[1]}";
    }

    /// <summary>Waits until the kernel has seen that links are up, which it looks after up to a second later; until then a bridge forwards nothing.</summary>
    public async Task SettleAsync(IEnumerable<FabricNode> nodes)
    {
        var waited = Stopwatch.StartNew();
        foreach (var node in nodes)
        {
            while (waited.Elapsed < SettleTime && spaces.HasUnsettledLinks(node)) await Task.Delay(20);
        }
    }

    /// <summary>The lines of <c>ip</c> that a switch's routes need.</summary>
    internal static IEnumerable<string> RouteLines(FabricNode node, IReadOnlyList<FabricRoute> routes, FabricLink? pin = null)
    {
        foreach (var route in routes)
        {
            var links = pin is not null && route.Links.Contains(pin) ? [pin] : route.Links;
            foreach (var (network, family) in new[] { (route.Tor.Network!.Ipv4, 0), (route.Tor.Network!.Ipv6, 1) })
            {
                // A pod that cannot be reached is said to be unreachable, as a router does that has no route.
                yield return links.Count == 0
                    ? $"route replace unreachable {network} metric 100"
                    : $"route replace {network} metric 100 {string.Join(' ', links.Select(link => $"nexthop via {link.AddressesOf(link.Across(node))[family]} dev {link.InterfaceAt(node)}"))}";
            }
        }
    }

    private static void ForEach<T>(IEnumerable<T> items, Action<T> work)
    {
        try
        {
            Parallel.ForEach(items, TwoAtOnce, work);
        }
        catch (AggregateException error)
        {
            // The first is the cause as good as any.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private static IEnumerable<string> HostLines(FabricNode host)
    {
        yield return "link set lo up";
        yield return $"addr add {host.Addresses[0]}/24 dev eth0";
        yield return $"addr add {host.Addresses[1]}/64 dev eth0 nodad";

        // One packet is one packet: without this the kernel hands over bundles, which no switch would see.
        yield return "link set eth0 gso_max_segs 1";
        yield return "link set eth0 up";
        foreach (var route in HostRoutes(host)) yield return route;
    }

    private static IEnumerable<string> SwitchLines(FabricNode node)
    {
        yield return "link set lo up";
        if (node.Tier == SwitchTier.Tor)
        {
            yield return $"link add {Bridge} address {BridgeMac(node)} type bridge";
            yield return $"addr add {node.Addresses[0]}/24 dev {Bridge}";
            yield return $"addr add {node.Addresses[1]}/64 dev {Bridge} nodad";
            yield return $"link set {Bridge} up";
        }

        foreach (var link in node.Links)
        {
            var own = link.InterfaceAt(node);
            if (link.Number < 0)
            {
                yield return $"link set {own} master {Bridge}";
            }
            else
            {
                var addresses = link.AddressesOf(node);
                yield return $"addr add {addresses[0]}/31 dev {own}";
                yield return $"addr add {addresses[1]}/127 dev {own} nodad";
            }

            yield return $"link set {own} up";
        }
    }

    private static KernelSetting[] RouterSettings(FabricNode node) =>
    [
        new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1"), new("ipv6/conf/default/forwarding", "1"),

        // Policy 3 hashes what the packet carries, and not what a socket of this machine was given: 0x37 are addresses, protocol, ports.
        new("ipv4/fib_multipath_hash_policy", "3"), new("ipv4/fib_multipath_hash_fields", "55"),
        new("ipv6/fib_multipath_hash_policy", "3"), new("ipv6/fib_multipath_hash_fields", "55"),

        // Each switch hashes in its own way; with one seed for all, every tier would choose alike and links stay unused.
        new("ipv4/fib_multipath_hash_seed", SeedOf(node.Name).ToString(CultureInfo.InvariantCulture), IsOptional: true),

        // Traces ask much in a short time, and learn the link that they came in by.
        new("ipv4/icmp_ratelimit", "0"), new("ipv6/icmp/ratelimit", "0"), new("ipv4/icmp_msgs_per_sec", "100000", IsOptional: true),
        new("ipv4/icmp_errors_use_inbound_ifaddr", "1"),

        // Packets come and go by other links here: that is what ECMP does.
        new("ipv4/conf/all/rp_filter", "0"), new("ipv4/conf/default/rp_filter", "0"),
    ];

    // FNV-1a: the same on every machine.
    private static uint SeedOf(string name) => name.Aggregate(2_166_136_261u, (hash, c) => (hash ^ c) * 16_777_619u) | 1;
}
