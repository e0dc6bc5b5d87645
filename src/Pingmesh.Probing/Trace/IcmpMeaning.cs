using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Trace;

/// <summary>What ICMP errors say about a packet.</summary>
internal static class IcmpMeaning
{
    /// <summary>Types of ICMP that are errors (RFC 792): destination unreachable and time exceeded.</summary>
    public static ReadOnlySpan<byte> Ipv4Types => [3, 11];

    /// <summary>Types of ICMPv6 that are errors (RFC 4443): destination unreachable, packet too big and time exceeded.</summary>
    public static ReadOnlySpan<byte> Ipv6Types => [1, 2, 3];

    /// <summary>By type and code; none for what is no error, or an expired reassembly.</summary>
    public static ProbeError OfIpv4(byte type, byte code) => (type, code) switch
    {
        (11, 0) => ProbeError.TtlExceeded,
        (3, 1 or 7 or 8 or 12) => ProbeError.HostUnreachable,

        // Port and protocol unreachable: the target itself refuses.
        (3, 2 or 3) => ProbeError.Refused,
        (3, 4) => ProbeError.TooLarge,
        (3, 9 or 10 or 13 or 14 or 15) => ProbeError.Prohibited,
        (3, _) => ProbeError.NetworkUnreachable,
        _ => ProbeError.None,
    };

    /// <summary>By type and code; none for what is no error, or an expired reassembly.</summary>
    public static ProbeError OfIpv6(byte type, byte code) => (type, code) switch
    {
        (3, 0) => ProbeError.TtlExceeded,
        (2, _) => ProbeError.TooLarge,
        (1, 1 or 5 or 6) => ProbeError.Prohibited,
        (1, 2 or 3) => ProbeError.HostUnreachable,
        (1, 4) => ProbeError.Refused,
        (1, _) => ProbeError.NetworkUnreachable,
        _ => ProbeError.None,
    };
}
