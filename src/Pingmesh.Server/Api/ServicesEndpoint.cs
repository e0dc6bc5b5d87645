using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/services</c>: named sets of hosts.</summary>
internal sealed class ServicesEndpoint(Func<ServiceMap> services)
{
    public IReadOnlyList<ServiceResponse> Get()
    {
        var map = services();
        return [.. map.Names.Select(name => new ServiceResponse(name, [.. map.Find(name)!.Select(host => host.Name)]))];
    }
}

/// <summary>A service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hosts">Its hosts, in the topology's order.</param>
public sealed record ServiceResponse(string Name, IReadOnlyList<string> Hosts);
