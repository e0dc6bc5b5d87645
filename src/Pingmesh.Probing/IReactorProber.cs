namespace Pingmesh.Probing;

/// <summary>
/// A prober of one of the high-rate kinds. It never waits: a reactor starts probes and polls for their outcomes at
/// each tick, since the kernel keeps the times meanwhile. No allocation on the steady path. Used by one thread.
/// </summary>
public interface IReactorProber : IDisposable
{
    /// <summary>Probes under way.</summary>
    int Pending { get; }

    /// <summary>Probes given up without an outcome: by <see cref="Drain"/>, or because this host's clock stepped meanwhile.</summary>
    long Abandoned { get; }

    /// <summary>
    /// Starts a probe. Never throws for what the network or this host does: every probe comes out of a later
    /// <see cref="Poll"/> as exactly one outcome.
    /// </summary>
    /// <param name="target">The caller's number for it, which the outcome bears.</param>
    /// <param name="peer">What to probe.</param>
    /// <param name="shape">How to probe it.</param>
    void Start(int target, in ProbeTarget peer, in ProbeShape shape);

    /// <summary>Sends what <see cref="Start"/> may have held back to send many at once. To be called after a round of starts.</summary>
    void Flush()
    {
    }

    /// <summary>Reports every probe that has ended since the last call, and every one whose time is up.</summary>
    void Poll(IOutcomeSink sink);

    /// <summary>
    /// Reports what has ended and gives up the rest. A probe that was not answered yet but still had time is no
    /// failure: it is counted in <see cref="Abandoned"/> and not reported.
    /// </summary>
    void Drain(IOutcomeSink sink);
}

/// <summary>What a probe is like, apart from where it goes.</summary>
public readonly record struct ProbeShape
{
    /// <summary>How long to wait for the answer, nanoseconds.</summary>
    public required long TimeoutNanoseconds { get; init; }

    /// <summary>QoS as DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Bytes of payload, 0 to 65,536; 0 for the kind's default.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Time to live, or hop limit, 1 to 255; 0 for the system's default.</summary>
    public byte Ttl { get; init; }

    /// <summary>Whether the packet must not be fragmented.</summary>
    public bool DontFragment { get; init; }

    /// <summary>Source port; 0 leaves it to the kernel, which then takes a new one for each probe.</summary>
    public ushort SourcePort { get; init; }
}
