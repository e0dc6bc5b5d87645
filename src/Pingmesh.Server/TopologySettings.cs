using Pingmesh.Controller.Sources;

namespace Pingmesh.Server;

/// <summary>
/// Where a server knows its hosts from. Where two sources know the same host, the earlier one goes first: files, then services,
/// then agents that told of themselves.
/// </summary>
public sealed record TopologySettings
{
    /// <summary>Topology files, YAML or CSV.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Documents of Prometheus's <c>file_sd</c>.</summary>
    public IReadOnlyList<string> DiscoveryFiles { get; init; } = [];

    /// <summary>Addresses of documents of Prometheus's <c>http_sd</c>.</summary>
    public IReadOnlyList<Uri> DiscoveryUrls { get; init; } = [];

    /// <summary>Names of services in the DNS, whose SRV records name hosts.</summary>
    public IReadOnlyList<string> DnsServices { get; init; } = [];

    /// <summary>A Kubernetes cluster; null for none.</summary>
    public KubernetesSettings? Kubernetes { get; init; }

    /// <summary>Which labels say where a host is, for sources that know labels only.</summary>
    public LabelMapping Labels { get; init; } = new();

    /// <summary>Time between two questions to a service, 1 s to 1 h.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether agents that no other source knows join the mesh by telling of themselves.</summary>
    public bool Register { get; init; }

    /// <summary>How long a registered host may be silent before it leaves the mesh, 1 min to 30 d.</summary>
    public TimeSpan LeaveAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Finds the hosts of a service in the DNS, or says why it cannot.</summary>
    public Func<string, CancellationToken, Task<(IReadOnlyList<string> Hosts, string? Problem)>> FindService { get; init; } =
        (service, _) => Task.FromResult<(IReadOnlyList<string>, string?)>(([], $"nobody here can find '{service}' in the DNS"));
}

/// <summary>A Kubernetes cluster whose nodes are hosts.</summary>
/// <param name="Server">The API server; null for that of the cluster this process runs in.</param>
/// <param name="TokenFile">File of the bearer token; null for none, or that of the pod.</param>
/// <param name="Authority">PEM file of the server's authority; null for the system's, or that of the pod.</param>
/// <param name="Selector">Label selector of the agents' pods; empty to take every node.</param>
/// <param name="Labels">Which labels of a node say where it is.</param>
public sealed record KubernetesSettings(Uri? Server, string? TokenFile, string? Authority, string Selector, LabelMapping Labels);
