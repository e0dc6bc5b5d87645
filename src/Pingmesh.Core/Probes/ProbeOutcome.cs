namespace Pingmesh.Core.Probes;

/// <summary>What became of one probe. A value of its own size, made without allocation.</summary>
public readonly record struct ProbeOutcome
{
    /// <summary>The caller's own number for the target, as given when the probe was started.</summary>
    public required int Target { get; init; }

    /// <summary>When the probe was started, in microseconds of Unix time.</summary>
    public required long StartedUnixMicroseconds { get; init; }

    /// <summary>The source port of the five-tuple; 0 when the probe never got one.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>Why it failed, or <see cref="ProbeError.None"/>.</summary>
    public required ProbeError Error { get; init; }

    /// <summary>SYN retransmissions, as the kernel counted them.</summary>
    public required byte Retransmissions { get; init; }

    /// <summary>Where the first loss was, if it shows.</summary>
    public LossDirection LossDirection { get; init; }

    /// <summary>
    /// RTT in nanoseconds, by the kernel. Only a probe that succeeded without retransmission has one; else 0, since
    /// a handshake with a retransmission does not measure a round trip.
    /// </summary>
    public long RttNanoseconds { get; init; }

    /// <summary>Whether the connection came about.</summary>
    public bool Succeeded => Error == ProbeError.None;

    /// <summary>Whether it came about and needed a SYN retransmission: the paper's packet drop (section 4.2).</summary>
    public bool Dropped => Succeeded && Retransmissions > 0;
}
