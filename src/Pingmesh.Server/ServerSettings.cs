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

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether every address listened at is a loopback address, so that only this machine can reach it.</summary>
    public bool LoopbackOnly => Listen.All(endpoint => IPAddress.IsLoopback(endpoint.Address));
}
