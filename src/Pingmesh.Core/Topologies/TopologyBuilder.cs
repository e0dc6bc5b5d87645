using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pingmesh.Core.Topologies;

/// <summary>
/// Collects hosts and makes a <see cref="Topology"/> of them. Data centers, podsets and pods come into being with
/// their first host and keep that order.
/// </summary>
public sealed class TopologyBuilder
{
    private readonly List<Entry> entries = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, string> owners = [];
    private readonly List<Switch> switches = [];
    private readonly List<Link> links = [];

    /// <summary>Adds a host at the end of its pod.</summary>
    /// <exception cref="ArgumentException">
    /// The name or an address is taken, there is no address, an address cannot be a host's (unspecified, multicast,
    /// broadcast, or with a scope id), or a name is empty or holds a character that names may not have (see
    /// <see cref="ScopeName.IsValid"/>). The builder is as it was before.
    /// </exception>
    public void AddHost(
        string dc, string podset, string pod, string name, IReadOnlyList<IPAddress> addresses, IReadOnlyDictionary<string, string>? labels = null)
    {
        foreach (var part in new[] { dc, podset, pod, name })
        {
            if (!ScopeName.IsValid(part))
                throw new ArgumentException($"'{part}' is no valid name: {ScopeName.Rule}");
        }

        if (addresses.Count == 0) throw new ArgumentException($"host '{name}' has no address");
        if (names.Contains(name)) throw new ArgumentException($"two hosts are named '{name}'");

        // An IPv4-mapped address and its IPv4 address are one and the same on the wire.
        IPAddress[] plain = [.. addresses.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)];
        for (var i = 0; i < plain.Length; i++)
        {
            if (!IsHostAddress(plain[i])) throw new ArgumentException($"address {plain[i]} of host '{name}' cannot be the address of a host");
            if (owners.TryGetValue(plain[i], out var owner))
                throw new ArgumentException($"address {plain[i]} of host '{name}' is already that of host '{owner}'");
            if (Array.IndexOf(plain, plain[i]) < i) throw new ArgumentException($"host '{name}' has address {plain[i]} twice");
        }

        names.Add(name);
        foreach (var address in plain) owners.Add(address, name);
        entries.Add(new Entry(dc, podset, pod, name, plain, labels ?? new Dictionary<string, string>()));
    }

    /// <summary>Adds switches and links.</summary>
    public void AddWiring(Wiring wiring)
    {
        switches.AddRange(wiring.Switches);
        links.AddRange(wiring.Links);
    }

    /// <summary>The topology of all that was added so far.</summary>
    /// <exception cref="ArgumentException">The switches and links do not fit together; says how.</exception>
    public Topology Build()
    {
        var dcs = new List<Dc>();
        var ordinal = 0;
        foreach (var inDc in entries.GroupBy(entry => entry.Dc))
        {
            var dc = new Dc(inDc.Key);
            var podsets = new List<Podset>();
            foreach (var inPodset in inDc.GroupBy(entry => entry.Podset))
            {
                var podset = new Podset(inPodset.Key, dc);
                podset.Pods = [.. inPodset.GroupBy(entry => entry.Pod).Select(inPod => BuildPod(podset, inPod, ordinal++))];
                podsets.Add(podset);
            }

            dc.Podsets = podsets;
            dcs.Add(dc);
        }

        var wiring = switches.Count + links.Count == 0 ? Wiring.None : new Wiring([.. switches], [.. links], names.Contains);
        return new Topology(VersionOf(dcs, wiring), dcs, wiring);
    }

    private static bool IsHostAddress(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any) && address.ScopeId == 0;
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        // 0.0.0.0/8 (RFC 1122, 3.2.1.3), 224.0.0.0/4 multicast, broadcast.
        return bytes[0] != 0 && bytes[0] >> 4 != 14 && !address.Equals(IPAddress.Broadcast);
    }

    private static Pod BuildPod(Podset podset, IGrouping<string, Entry> inPod, int ordinal)
    {
        var pod = new Pod(inPod.Key, podset, ordinal);
        pod.Hosts = [.. inPod.Select((entry, index) => new Host(entry.Name, entry.Addresses, entry.Labels, pod, index))];
        return pod;
    }

    private static string VersionOf(IEnumerable<Dc> dcs, Wiring wiring)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var host in dcs.SelectMany(dc => dc.Podsets).SelectMany(podset => podset.Pods).SelectMany(pod => pod.Hosts))
        {
            var labels = host.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}");
            Add($"{host.Pod.Path}\0{host.Name}\0{string.Join(' ', host.Addresses)}\0{string.Join('\u0001', labels)}\n");
        }


        foreach (var one in wiring.Switches) Add($"{one.Tier}\0{one.Name}\0{one.Scope}\0{string.Join(' ', one.Addresses)}\n");
        foreach (var link in wiring.Links) Add($"{link.A.Node}\0{string.Join(' ', link.A.Addresses)}\0{link.B.Node}\0{string.Join(' ', link.B.Addresses)}\n");
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private sealed record Entry(
        string Dc, string Podset, string Pod, string Name, IReadOnlyList<IPAddress> Addresses, IReadOnlyDictionary<string, string> Labels);
}
