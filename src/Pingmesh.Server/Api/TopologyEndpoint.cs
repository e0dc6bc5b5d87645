using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/topology</c>: the fleet as the server knows it.</summary>
internal sealed class TopologyEndpoint(Func<Topology> topology)
{
    public TopologyResponse Get()
    {
        var current = topology();
        return new TopologyResponse(current.Version, [.. current.Hosts.Select(TopologyHostResponse.Of)]);
    }
}

/// <summary>The topology.</summary>
/// <param name="Version">Hash of its content.</param>
/// <param name="Hosts">All hosts, pod after pod.</param>
public sealed record TopologyResponse(string Version, IReadOnlyList<TopologyHostResponse> Hosts);

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
