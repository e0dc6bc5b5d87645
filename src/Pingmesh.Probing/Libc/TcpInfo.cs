using System.Runtime.InteropServices;

namespace Pingmesh.Probing.Libc;

/// <summary>
/// The start of struct tcp_info of linux/tcp.h, as far as probes read it. The kernel fills as many bytes as it is asked
/// for, and the layout only ever grows at its end.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 104)]
internal struct TcpInfo
{
    /// <summary>TCP state: <see cref="Established"/> and so on.</summary>
    [FieldOffset(0)]
    public byte State;

    /// <summary>TCPI_OPT_ flags of what was negotiated.</summary>
    [FieldOffset(5)]
    public byte Options;

    /// <summary>Smoothed RTT in microseconds; right after the handshake that of the handshake itself.</summary>
    [FieldOffset(68)]
    public uint Rtt;

    /// <summary>Segments retransmitted since the connection began: of an unfinished or fresh one, SYNs.</summary>
    [FieldOffset(100)]
    public uint TotalRetransmissions;

    public const byte Established = 1;
    public const byte SynSent = 2;
    public const byte SynReceived = 3;
    public const byte CloseWait = 8;

    /// <summary>TCPI_OPT_TIMESTAMPS.</summary>
    public const byte TimestampsOption = 1;
}
