using System.Net;

namespace Pingmesh.Server;

/// <summary>What a server is told when it starts.</summary>
public sealed record ServerSettings
{
    /// <summary>Where to listen.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Folder for the store and the tokens.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where hosts are known from, the source that goes first first.</summary>
    public required TopologySettings Topology { get; init; }

    /// <summary>Where measurements are kept, and how long.</summary>
    public StoreSettings Store { get; init; } = new();

    /// <summary>File of services; null for those of the hosts' labels only.</summary>
    public string? ServicesFile { get; init; }

    /// <summary>The collectors that share the store; null when this one is alone.</summary>
    public Collectors? Collectors { get; init; }

    /// <summary>Most scopes whose SLA is among the metrics.</summary>
    public int MetricsScopes { get; init; } = 1_000;

    /// <summary>Certificate for TLS; null to speak plain HTTP.</summary>
    public Access.TlsFiles? Tls { get; init; }

    /// <summary>File of API keys; null for none.</summary>
    public string? ApiKeysFile { get; init; }

    /// <summary>A reverse proxy whose word on who somebody is counts; null for none.</summary>
    public Access.TrustedProxy? Proxy { get; init; }

    /// <summary>Whether a server that others can reach asks for no token, as somebody wanted in so many words.</summary>
    public bool Insecure { get; init; }

    /// <summary>What is told to whom.</summary>
    public Alerts.AlertSettings Alerts { get; init; } = new();

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether every address listened at is a loopback address, so that only this machine can reach it.</summary>
    public bool LoopbackOnly => Listen.All(endpoint => IPAddress.IsLoopback(endpoint.Address));
}
