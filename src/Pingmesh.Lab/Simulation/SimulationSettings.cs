using Pingmesh.Controller.MeshGraphs;

namespace Pingmesh.Lab.Simulation;

/// <summary>What to simulate.</summary>
public sealed record SimulationSettings
{
    /// <summary>When it begins; a whole multiple of 10 s of Unix time.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>How long it lasts; a whole multiple of 10 s.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Who probes whom, and how. Drawn are the kinds tcp, tcp-payload, icmp and udp between hosts.</summary>
    public MeshSettings Mesh { get; init; } = MeshSettings.Default;

    /// <summary>What all chance comes from: the same seed gives the same uploads, to the byte.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many hosts report, spread evenly over the fabric; null for all. The others answer and are silent.</summary>
    public int? Agents { get; init; }

    /// <summary>The paper's data center, 1 to 5, that all are like; null for the first like the paper's DC1, the second like its DC2 and so on.</summary>
    public int? Profile { get; init; }

    /// <summary>How often a host fails, for 2 to 30 minutes, in a day.</summary>
    public double HostFailuresPerDay { get; init; }

    /// <summary>How often a host is in trouble of its own in a day, which its agent marks.</summary>
    public double HostNoisePerDay { get; init; }

    /// <summary>The faults.</summary>
    public IReadOnlyList<TimedFault> Faults { get; init; } = [];
}
