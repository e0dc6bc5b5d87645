using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.Schedule;

/// <summary>One peer of a pinglist, made ready to be probed.</summary>
public sealed class PlannedTarget
{
    /// <summary>The peer's address and port for the kernel.</summary>
    public required ProbeTarget Peer { get; init; }

    /// <summary>The peer's address as the row key of uploads.</summary>
    public required UInt128 Key { get; init; }

    /// <summary>The peer's port.</summary>
    public required ushort Port { get; init; }

    /// <summary>Kind, class and QoS.</summary>
    public required SeriesKey Series { get; init; }

    /// <summary>How long a probe waits, nanoseconds.</summary>
    public required long TimeoutNanoseconds { get; init; }

    /// <summary>RTT in nanoseconds from which a probe is kept as evidence.</summary>
    public required long SlowNanoseconds { get; init; }

    /// <summary>
    /// What the shortest time between two probes is kept for: a peer at one kind and QoS. Neither a move to another
    /// class nor another port makes another peer of it.
    /// </summary>
    internal (UInt128 Key, ProbeKind Kind, byte Dscp) Identity => (Key, Series.Kind, Series.Dscp);

    /// <summary>When it was last probed, monotonic nanoseconds; <see cref="long.MinValue"/> for never. Owned by the schedule.</summary>
    internal long LastStarted { get; set; } = long.MinValue;
}
