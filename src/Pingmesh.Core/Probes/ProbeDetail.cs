namespace Pingmesh.Core.Probes;

/// <summary>What a probe of one of the high-rate kinds told beyond its <see cref="ProbeOutcome"/>. Each member is 0 where it does not apply.</summary>
public readonly record struct ProbeDetail
{
    /// <summary>Nanoseconds of the TCP handshake, by the kernel (<c>tcp-payload</c>).</summary>
    public long ConnectNanoseconds { get; init; }

    /// <summary>
    /// Nanoseconds from sending here to receiving there, by two clocks (<c>udp</c>): only its changes from probe to
    /// probe mean something, unless both clocks are in step. May be negative.
    /// </summary>
    public long ForwardNanoseconds { get; init; }

    /// <summary>Nanoseconds from sending there to receiving here, by two clocks (<c>udp</c>).</summary>
    public long ReturnNanoseconds { get; init; }

    /// <summary>Time to live, or hop limit, of the answer as it arrived (<c>icmp</c>, <c>udp</c>).</summary>
    public byte ReplyTtl { get; init; }

    /// <summary>Whether the answer came after that of a probe of the same target that was sent later (<c>icmp</c>, <c>udp</c>).</summary>
    public bool Reordered { get; init; }

    /// <summary>Whether user space took the time because the kernel gave no stamp.</summary>
    public bool UserClock { get; init; }
}
