using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Cli.Demo;

/// <summary>The mesh that a demo runs, and how long.</summary>
internal sealed record DemoSettings
{
    public int Dcs { get; init; } = 2;

    /// <summary>Podsets in each data center.</summary>
    public int Podsets { get; init; } = 2;

    /// <summary>Pods in each podset.</summary>
    public int Pods { get; init; } = 2;

    /// <summary>Hosts in each pod.</summary>
    public int Hosts { get; init; } = 3;

    /// <summary>Which network; null for the best that may be had.</summary>
    public DemoNetworkKind? Network { get; init; }

    public int Port { get; init; } = Core.Ports.Server;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Folder to keep; null for one that is removed at the end.</summary>
    public string? Data { get; init; }

    /// <summary>How long to run; null until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    public int HostCount => Dcs * Podsets * Pods * Hosts;

    /// <summary>The same as a fabric.</summary>
    public FabricShape Shape => new() { Dcs = Dcs, Podsets = Podsets, Pods = Pods, Hosts = Hosts };
}

/// <summary>What a demo's hosts are.</summary>
internal enum DemoNetworkKind
{
    /// <summary>Network namespaces behind a fabric.</summary>
    Lab,

    /// <summary>Loopback addresses.</summary>
    Loopback,
}
