using System.Runtime.InteropServices;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>A message of a socket's error queue: an ICMP error, or the stamp of a departure (ip(7), struct sock_extended_err).</summary>
internal readonly record struct ErrorMessage
{
    private const int ExtendedErrorBytes = 16;
    private const byte OriginIcmp = 2;
    private const byte OriginIcmp6 = 3;
    private const byte OriginTimestamping = 4;
    private const byte IcmpTimeExceeded = 11;
    private const byte Icmp6TimeExceeded = 3;

    /// <summary>Whether it is a stamp.</summary>
    public bool IsStamp { get; private init; }

    /// <summary>The number that the stamped packet was sent with.</summary>
    public int Number { get; private init; }

    /// <summary>When it left, Unix nanoseconds.</summary>
    public long Stamp { get; private init; }

    /// <summary>What an ICMP error means for the probe; <see cref="ProbeError.None"/> when it is none.</summary>
    public ProbeError Error { get; private init; }

    /// <summary>Reads the control messages that came with it.</summary>
    public static ErrorMessage Read(ReadOnlySpan<byte> control)
    {
        long stamp = 0;
        ReadOnlySpan<byte> extended = default;
        var walk = new ControlMessages(control);
        while (walk.Next())
        {
            if (walk.Level == Native.SolSocket && walk.Type == Native.SoTimestamping) stamp = ControlMessages.Nanoseconds(walk.Data);
            else if (walk is { Level: Native.IpProtoIp, Type: Native.IpReceiveErrors } or { Level: Native.IpProtoIpv6, Type: Native.Ipv6ReceiveErrors })
                extended = walk.Data;
        }

        if (extended.Length < ExtendedErrorBytes) return default;
        var origin = extended[4];
        if (origin == OriginTimestamping)
            return new ErrorMessage { IsStamp = true, Number = MemoryMarshal.Read<int>(extended[12..]), Stamp = stamp };
        if (origin is not (OriginIcmp or OriginIcmp6)) return default;
        var expired = extended[5] == (origin == OriginIcmp ? IcmpTimeExceeded : Icmp6TimeExceeded);
        return new ErrorMessage { Error = expired ? ProbeError.TtlExceeded : Errno.ToProbeError(MemoryMarshal.Read<int>(extended)) };
    }
}
