using System.Runtime.InteropServices;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>A descriptor that was opened for datagram probes.</summary>
/// <param name="Descriptor">The descriptor.</param>
/// <param name="Port">The source port, or the identifier of ICMP.</param>
/// <param name="IsRaw">Whether it is a raw socket, which shows packets of IPv4 with their header.</param>
internal readonly record struct OpenedDescriptor(int Descriptor, ushort Port, bool IsRaw = false);

/// <summary>A socket of a datagram prober; when it is closed, its object serves the next one.</summary>
internal sealed unsafe class DatagramSocket
{
    /// <summary>How many more polls a socket that is done with is kept for answers that come again.</summary>
    public const int LooksForDuplicates = 5;

    // linux/net_tstamp.h: software stamps of departures and arrivals, departures by number and without the packet.
    private const int StampDeparture = 1 << 1;
    private const int StampArrival = 1 << 3;
    private const int StampSoftware = 1 << 4;
    private const int StampNumbered = 1 << 7;
    private const int StampOnly = 1 << 11;

    // asm-generic/socket.h, since Linux 6.13.
    private const int ScmStampNumber = 81;

    private const int QueueBytes = 4 << 20;

    private const int DiscoverNever = 0;
    private const int DiscoverAlways = 2;

    private OpenedDescriptor opened;
    private ProbeShape shape;

    /// <summary>The descriptor.</summary>
    public int Descriptor => opened.Descriptor;

    /// <summary>Whether of IPv6.</summary>
    public bool IsIPv6 { get; private set; }

    /// <summary>The source port, or the identifier of ICMP.</summary>
    public ushort Port => opened.Port;

    /// <summary>Whether it is a raw socket, which shows packets of IPv4 with their header.</summary>
    public bool IsRaw => opened.IsRaw;

    /// <summary>Probes under way.</summary>
    public int Pending { get; set; }

    /// <summary>Whether it takes no more probes.</summary>
    public bool Closing { get; set; }

    /// <summary>Polls since it was done with.</summary>
    public int LookedAtIdle { get; set; }

    /// <summary>Packets that its receive queue has thrown away, as last looked at.</summary>
    public uint Overflowed { get; set; }

    /// <summary>Whether the kernel stamps departures.</summary>
    public bool StampsDepartures { get; private set; }

    /// <summary>Takes a descriptor, for probes of one family and shape.</summary>
    public void Use(OpenedDescriptor descriptor, bool ipv6, in ProbeShape forShape)
    {
        opened = descriptor;
        IsIPv6 = ipv6;
        shape = forShape;
        Pending = LookedAtIdle = 0;
        Overflowed = 0;
        Closing = false;
    }

    /// <summary>Whether a probe of that shape can go through it.</summary>
    public bool Serves(bool ipv6, in ProbeShape wanted) =>
        ipv6 == IsIPv6 && wanted.DontFragment == shape.DontFragment && wanted.SourcePort == shape.SourcePort;

    /// <summary>Binds to the source, and sets what belongs to the socket as a whole.</summary>
    /// <returns>0 or an errno.</returns>
    public static int Configure(int descriptor, bool ipv6, in ProbeTarget? source, in ProbeShape shape)
    {
        var level = ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp;
        ReceiveQueue.Resize(descriptor, QueueBytes);
        Set(descriptor, level, ipv6 ? Native.Ipv6ReceiveErrors : Native.IpReceiveErrors, 1);
        Set(descriptor, level, ipv6 ? Native.Ipv6ReceiveHopLimit : Native.IpReceiveTtl, 1);
        Set(descriptor, level, ipv6 ? Native.Ipv6MtuDiscover : Native.IpMtuDiscover, shape.DontFragment ? DiscoverAlways : DiscoverNever);
        if (ipv6) Set(descriptor, level, Native.Ipv6DontFragment, shape.DontFragment ? 1 : 0);
        if (source is not { } from) return 0;
        fixed (byte* first = &from.First) return Native.Bind(descriptor, first, (uint)from.Length) == 0 ? 0 : Native.LastError();
    }

    /// <summary>Asks for stamps of arrivals, and of departures.</summary>
    public void AskForStamps(bool departures)
    {
        StampsDepartures = departures;
        var flags = StampArrival | StampSoftware | (departures ? StampDeparture | StampNumbered | StampOnly : 0);
        Set(Descriptor, Native.SolSocket, Native.SoTimestamping, flags);
    }

    /// <summary>Writes the control messages of a packet: its number for the stamp first, then DSCP and time to live.</summary>
    /// <returns>Their bytes.</returns>
    public int WriteControl(Span<byte> control, int number, in ProbeShape wanted)
    {
        var length = 0;
        Span<byte> value = stackalloc byte[4];
        if (StampsDepartures)
        {
            MemoryMarshal.Write(value, number);
            length = ControlMessages.Write(control, Native.SolSocket, ScmStampNumber, value);
        }

        if (wanted.Dscp != 0)
        {
            // DSCP is the upper six bits of the octet (RFC 2474).
            MemoryMarshal.Write(value, wanted.Dscp << 2);
            length += IsIPv6
                ? ControlMessages.Write(control[length..], Native.IpProtoIpv6, Native.Ipv6Tclass, value)
                : ControlMessages.Write(control[length..], Native.IpProtoIp, Native.IpTos, value);
        }

        if (wanted.Ttl != 0)
        {
            MemoryMarshal.Write(value, (int)wanted.Ttl);
            length += IsIPv6
                ? ControlMessages.Write(control[length..], Native.IpProtoIpv6, Native.Ipv6HopLimit, value)
                : ControlMessages.Write(control[length..], Native.IpProtoIp, Native.IpTtl, value);
        }

        return ControlLength = length;
    }

    /// <summary>Takes the number out of control messages that <see cref="WriteControl"/> wrote.</summary>
    /// <returns>The bytes that are left.</returns>
    public int RemoveNumber(Span<byte> control)
    {
        var number = (ControlMessages.HeaderBytes + sizeof(int) + 7) & ~7;
        var left = ControlLength - number;
        control.Slice(number, left).CopyTo(control);
        return left;
    }

    /// <summary>Clears the error of an earlier packet; false when there was none.</summary>
    public bool ClearError()
    {
        var error = 0;
        uint length = sizeof(int);
        return Native.GetOption(Descriptor, Native.SolSocket, Native.SoError, &error, &length) == 0 && error != 0;
    }

    public void Close() => _ = Native.Close(Descriptor);

    // All packets that wait to be sent together have the same shape of control messages but for their values.
    private int ControlLength { get; set; }

    private static void Set(int descriptor, int level, int name, int value) => _ = Native.SetOption(descriptor, level, name, &value, sizeof(int));
}
