using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.Probing.TcpPayload;

/// <summary>A payload probe under way.</summary>
internal struct PendingEcho
{
    public ProbeSocket Socket;
    public int Target;
    public bool IsIPv6;
    public ushort SourcePort;
    public long StartedUnixMicroseconds;
    public long Begun;
    public long Timeout;

    /// <summary>Bytes to send and to get back.</summary>
    public int Bytes;

    public bool Connected;
    public long ConnectNanoseconds;

    /// <summary>When the first byte was sent.</summary>
    public ClockPair Sent;

    public int Written;
    public int Received;

    /// <summary>When the last byte so far arrived, by the kernel, Unix nanoseconds; 0 without a stamp.</summary>
    public long Stamp;

    public readonly ProbeOutcome Outcome(ProbeError error, in TcpInfo info, long rtt) => new()
    {
        Target = Target,
        StartedUnixMicroseconds = StartedUnixMicroseconds,
        SourcePort = SourcePort,
        Error = error,
        Retransmissions = (byte)Math.Min(info.TotalRetransmissions, byte.MaxValue),
        RttNanoseconds = rtt,
    };
}
