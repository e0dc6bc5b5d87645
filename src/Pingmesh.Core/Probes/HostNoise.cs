namespace Pingmesh.Core.Probes;

/// <summary>
/// Trouble of a probing host itself in one window, which the analysis must not take for the network's. The numbers are those of
/// the upload format.
/// </summary>
[Flags]
public enum HostNoise
{
    /// <summary>No trouble.</summary>
    None = 0,

    /// <summary>The agent's own ticks came late by 100 ms or more: the host had no CPU time for it, or was suspended.</summary>
    Stalled = 1,

    /// <summary>A probe over loopback was slow or lost: the host's own kernel was the cause.</summary>
    LoopbackSlow = 2,

    /// <summary>The kernel dropped connections at listening sockets, such as for full accept queues.</summary>
    ListenQueueDrops = 4,

    /// <summary>The wall clock stepped.</summary>
    ClockStepped = 8,

    /// <summary>A hypervisor gave 5 % or more of the CPU time to others.</summary>
    CpuSteal = 16,

    /// <summary>The agent suspended probing because its process was over its CPU or memory budget.</summary>
    OverBudget = 32,

    /// <summary>The kernel sent many SYNs again for others than the agent: the host loses connections of its own, whatever the reason.</summary>
    SynRetransmissions = 64,
}

/// <summary>The names of <see cref="HostNoise"/>.</summary>
public static class HostNoiseNames
{
    private static readonly string[] Names =
        ["stalled", "loopback-slow", "listen-queue-drops", "clock-stepped", "cpu-steal", "over-budget", "syn-retransmissions"];

    /// <summary>Every single sort of trouble.</summary>
    public static IReadOnlyList<HostNoise> All { get; } = [.. Enumerable.Range(0, Names.Length).Select(bit => (HostNoise)(1 << bit))];

    /// <summary>The name of a single sort, such as <c>stalled</c>.</summary>
    public static string Name(this HostNoise noise) => Names[System.Numerics.BitOperations.TrailingZeroCount((int)noise)];

    /// <summary>The sorts in a mark, by name.</summary>
    public static IReadOnlyList<string> ToNames(this HostNoise noise) => [.. All.Where(one => noise.HasFlag(one)).Select(Name)];

    /// <summary>Whether a number holds only sorts this version knows.</summary>
    public static bool IsKnown(uint bits) => bits < 1u << Names.Length;
}
