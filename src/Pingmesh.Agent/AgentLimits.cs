using Pingmesh.Core;

namespace Pingmesh.Agent;

/// <summary>
/// Limits of one agent, which can be set below the hard ones of <see cref="HardLimits"/> but never above, and what its
/// process may use before it suspends probing.
/// </summary>
public sealed record AgentLimits
{
    /// <summary>Most probes under way that any agent may have.</summary>
    public const int HardMaxPending = 10_000;

    /// <summary>The limits unless set otherwise.</summary>
    public static AgentLimits Default { get; } = new();

    /// <summary>Most probes a second, 1 to <see cref="HardLimits.MaxProbesPerSecond"/>; a plan that asks for more gets longer intervals.</summary>
    public int MaxProbesPerSecond { get; init; } = HardLimits.MaxProbesPerSecond;

    /// <summary>Most probes under way, 1 to <see cref="HardMaxPending"/>; further ones fail as <c>local-resources</c>.</summary>
    public int MaxPending { get; init; } = HardMaxPending;

    /// <summary>Most bytes of payload, 0 to <see cref="HardLimits.MaxPayloadBytes"/>; larger payloads are cut to it.</summary>
    public int MaxPayloadBytes { get; init; } = HardLimits.MaxPayloadBytes;

    /// <summary>CPU time of the process, as a share of one core over a minute, above which probing is suspended; more than 0.</summary>
    public double CpuBudget { get; init; } = 0.05;

    /// <summary>Resident memory of the process, bytes, above which probing is suspended; more than 0.</summary>
    public long MemoryBudget { get; init; } = 100L << 20;
}
