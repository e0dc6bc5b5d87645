using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/topology</c>: the fleet as the server knows it.</summary>
internal sealed class TopologyEndpoint(Func<Topology> topology)
{
    public TopologyResponse Get() => TopologyResponse.Of(topology());
}

/// <summary>The topology.</summary>
/// <param name="Version">Hash of its content.</param>
/// <param name="Hosts">All hosts, pod after pod.</param>
/// <param name="Switches">The switches, as far as they are known.</param>
/// <param name="Links">The links between them, likewise.</param>
public sealed record TopologyResponse(
    string Version, IReadOnlyList<TopologyHostResponse> Hosts, IReadOnlyList<TopologySwitchResponse> Switches, IReadOnlyList<TopologyLinkResponse> Links)
{
    /// <summary>The form of a topology.</summary>
    public static TopologyResponse Of(Topology topology) => new(
        topology.Version,
        [.. topology.Hosts.Select(TopologyHostResponse.Of)],
        [.. topology.Wiring.Switches.Select(TopologySwitchResponse.Of)],
        [.. topology.Wiring.Links.Select(TopologyLinkResponse.Of)]);
}

/// <summary>A switch.</summary>
/// <param name="Switch">Its name.</param>
/// <param name="Tier"><c>tor</c>, <c>leaf</c>, <c>spine</c> or <c>border</c>.</param>
/// <param name="Scope">The pod, podset or data center it serves; empty for a border.</param>
/// <param name="Addresses">Addresses that are no link's.</param>
public sealed record TopologySwitchResponse(string Switch, string Tier, string Scope, IReadOnlyList<string> Addresses)
{
    /// <summary>The form of a switch.</summary>
    public static TopologySwitchResponse Of(Switch one) =>
        new(one.Name, one.Tier.ToString().ToLowerInvariant(), one.Scope, [.. one.Addresses.Select(address => address.ToString())]);
}

/// <summary>A link.</summary>
/// <param name="Ends">The two nodes.</param>
/// <param name="Addresses">The addresses of the interface at each end.</param>
public sealed record TopologyLinkResponse(IReadOnlyList<string> Ends, IReadOnlyList<IReadOnlyList<string>> Addresses)
{
    /// <summary>The form of a link.</summary>
    public static TopologyLinkResponse Of(Link link) => new(
        [link.A.Node, link.B.Node],
        [[.. link.A.Addresses.Select(address => address.ToString())], [.. link.B.Addresses.Select(address => address.ToString())]]);
}

/// <summary>A host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Pod">Its pod, <c>dc/podset/pod</c>.</param>
/// <param name="Addresses">Its addresses; the first is probed.</param>
/// <param name="Labels">Its labels, inherited ones included.</param>
public sealed record TopologyHostResponse(string Host, string Pod, IReadOnlyList<string> Addresses, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The form of a host.</summary>
    public static TopologyHostResponse Of(Host host) =>
        new(host.Name, host.Pod.Path, [.. host.Addresses.Select(address => address.ToString())], host.Labels);
}
