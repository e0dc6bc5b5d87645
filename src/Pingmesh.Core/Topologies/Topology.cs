using System.Collections.Frozen;
using System.Net;

namespace Pingmesh.Core.Topologies;

/// <summary>
/// The fleet as it is wired: data centers, podsets, pods and hosts (paper, section 2.1). Immutable; a change is a new
/// topology. Made by a <see cref="TopologyBuilder"/>.
/// </summary>
public sealed class Topology
{
    private readonly FrozenDictionary<string, Host> hostsByName;
    private readonly FrozenDictionary<IPAddress, Host> hostsByAddress;
    private readonly FrozenDictionary<string, Pod> podsByPath;

    internal Topology(string version, IReadOnlyList<Dc> dcs, Wiring wiring)
    {
        Wiring = wiring;
        Version = version;
        Dcs = dcs;
        Pods = [.. dcs.SelectMany(dc => dc.Podsets).SelectMany(podset => podset.Pods)];
        Hosts = [.. Pods.SelectMany(pod => pod.Hosts)];
        hostsByName = Hosts.ToFrozenDictionary(host => host.Name, StringComparer.Ordinal);
        hostsByAddress = Hosts.SelectMany(host => host.Addresses, KeyValuePair.Create)
            .ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
        podsByPath = Pods.ToFrozenDictionary(pod => pod.Path, StringComparer.Ordinal);
    }

    /// <summary>No hosts at all.</summary>
    public static Topology Empty { get; } = new TopologyBuilder().Build();

    /// <summary>A short hash of the content: equal for equal topologies, on every machine.</summary>
    public string Version { get; }

    /// <summary>Data centers, in the order they were given.</summary>
    public IReadOnlyList<Dc> Dcs { get; }

    /// <summary>All pods, by <see cref="Pod.Ordinal"/>.</summary>
    public IReadOnlyList<Pod> Pods { get; }

    /// <summary>The switches and links, as far as they are known.</summary>
    public Wiring Wiring { get; }

    /// <summary>All hosts, pod after pod.</summary>
    public IReadOnlyList<Host> Hosts { get; }

    /// <summary>The host of that name, or null.</summary>
    public Host? FindHost(string name) => hostsByName.GetValueOrDefault(name);

    /// <summary>The host with that address, or null. IPv4-mapped IPv6 addresses find their IPv4 host.</summary>
    public Host? FindHost(IPAddress address) =>
        hostsByAddress.GetValueOrDefault(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>The pod with that path (<c>dc/podset/pod</c>), or null.</summary>
    public Pod? FindPod(string path) => podsByPath.GetValueOrDefault(path);
}
