using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.Schedule;

/// <summary>One peer of a pinglist, made ready to be probed.</summary>
public sealed class PlannedTarget
{
    private ushort nextSourcePort;

    /// <summary>The peer's name.</summary>
    public required string Name { get; init; }

    /// <summary>The peer's address and port for the kernel.</summary>
    public required ProbeTarget Peer { get; init; }

    /// <summary>The peer's address as the row key of uploads.</summary>
    public required UInt128 Key { get; init; }

    /// <summary>The peer's port; 0 for a kind without ports.</summary>
    public required ushort Port { get; init; }

    /// <summary>Kind, class and QoS.</summary>
    public required SeriesKey Series { get; init; }

    /// <summary>How it is probed, source port left aside.</summary>
    public required ProbeShape Shape { get; init; }

    /// <summary>RTT in nanoseconds from which a probe is kept as evidence.</summary>
    public required long SlowNanoseconds { get; init; }

    /// <summary>How it is probed when it is of a kind that is not probed by the reactor; else null.</summary>
    public PlatformProbe? Platform { get; init; }

    /// <summary>First source port to use, 1 to 65535; 0 leaves the port to the kernel.</summary>
    public ushort SourcePortFrom { get; init; }

    /// <summary>Last source port to use.</summary>
    public ushort SourcePortTo { get; init; }

    /// <summary>How long a probe waits, nanoseconds.</summary>
    public long TimeoutNanoseconds => Shape.TimeoutNanoseconds;

    /// <summary>What the shortest time between two probes is kept for.</summary>
    internal TargetIdentity Identity => new(Key, Series.Kind, Series.Dscp, Platform is null ? null : $"{Name}:{Port}");

    /// <summary>When it was last probed, monotonic nanoseconds; <see cref="long.MinValue"/> for never. Owned by the schedule.</summary>
    internal long LastStarted { get; set; } = long.MinValue;

    /// <summary>Which five-tuple is to be tried again; of use for <c>tcp</c> only.</summary>
    public Confirmation Confirmation { get; } = new();

    /// <summary>How the next probe is made: with the source port that is to be tried again, or the next one where a range is swept.</summary>
    internal ProbeShape NextShape()
    {
        if (Series.Kind == ProbeKind.Tcp && Confirmation.Next() is not 0 and var again) return Shape with { SourcePort = again };
        if (SourcePortFrom == 0) return Shape;
        nextSourcePort = nextSourcePort < SourcePortFrom || nextSourcePort >= SourcePortTo ? SourcePortFrom : (ushort)(nextSourcePort + 1);
        return Shape with { SourcePort = nextSourcePort };
    }
}

/// <summary>A probe on the platform's stack: by whom and of what.</summary>
/// <param name="Prober">The prober, which the targets of a group share.</param>
/// <param name="Target">The target.</param>
public sealed record PlatformProbe(IPlatformProber Prober, PlatformTarget Target);

/// <summary>
/// A peer at one kind and QoS. Neither a move to another class nor another port makes another peer of it; but of the kinds
/// that probe a service, two services behind one address are two.
/// </summary>
/// <param name="Key">The address.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Dscp">The QoS.</param>
/// <param name="Service">Name and port, for kinds that probe a service; else null.</param>
internal readonly record struct TargetIdentity(UInt128 Key, ProbeKind Kind, byte Dscp, string? Service);
