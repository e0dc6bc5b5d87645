using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Tcp;

/// <summary>
/// A descriptor that is connected, read and disconnected over and over. connect(AF_UNSPEC) resets the connection (RST,
/// so no TIME_WAIT), frees the source port, clears the counters of TCP_INFO and keeps the descriptor and its address.
/// </summary>
internal unsafe struct ProbeSocket
{
    private int descriptor;
    private byte dscp;
    private ushort sourcePort;

    /// <summary>Opens a nonblocking socket on a source address, without a port yet.</summary>
    /// <returns>0, or the errno that prevented it.</returns>
    public static int Open(bool ipv6, in ProbeTarget? source, out ProbeSocket socket)
    {
        socket = default;
        socket.descriptor = Native.Socket(
            ipv6 ? Native.AfInet6 : Native.AfInet, Native.SockStream | Native.SockNonblock | Native.SockCloexec, Native.IpProtoTcp);
        if (socket.descriptor < 0) return Native.LastError();
        if (source is not { } address) return 0;

        // The port is chosen at connect, where only the whole five-tuple must be unique; also for IPv6 sockets.
        var one = 1;
        if (Native.SetOption(socket.descriptor, Native.IpProtoIp, Native.IpBindAddressNoPort, &one, sizeof(int)) < 0)
            return socket.CloseAfter(Native.LastError());
        fixed (byte* first = &address.First)
        {
            if (Native.Bind(socket.descriptor, first, (uint)address.Length) < 0) return socket.CloseAfter(Native.LastError());
        }

        return 0;
    }

    /// <summary>The descriptor.</summary>
    public readonly int Descriptor => descriptor;

    /// <summary>Begins a connection.</summary>
    /// <returns>0 when it is under way or done, else the errno it failed with.</returns>
    /// <param name="peer">What to connect to.</param>
    /// <param name="shape">DSCP and source port to connect with.</param>
    public int Connect(in ProbeTarget peer, in ProbeShape shape)
    {
        if (shape.Dscp != dscp && SetDscp(peer.IsIPv6, shape.Dscp) is not 0 and var refused) return refused;
        if (shape.SourcePort != sourcePort && SetSourcePort(shape.SourcePort) is not 0 and var unavailable) return unavailable;
        fixed (byte* first = &peer.First)
        {
            if (Native.Connect(descriptor, first, (uint)peer.Length) == 0) return 0;
            return Native.LastError() is Errno.InProgress ? 0 : Native.LastError();
        }
    }

    /// <summary>The source port; 0 before there is one.</summary>
    public readonly ushort SourcePort()
    {
        var address = stackalloc byte[28];
        uint length = 28;
        return Native.GetName(descriptor, address, &length) == 0 ? (ushort)((address[2] << 8) | address[3]) : (ushort)0;
    }

    /// <summary>What the kernel knows of the connection.</summary>
    public readonly TcpInfo Info()
    {
        var info = default(TcpInfo);
        var length = (uint)sizeof(TcpInfo);
        _ = Native.GetOption(descriptor, Native.IpProtoTcp, Native.TcpInfo, &info, &length);
        return info;
    }

    /// <summary>The errno the connection ended with; 0 when it did not. Reading it clears it.</summary>
    public readonly int Error()
    {
        var error = 0;
        uint length = sizeof(int);
        return Native.GetOption(descriptor, Native.SolSocket, Native.SoError, &error, &length) == 0 ? error : Native.LastError();
    }

    /// <summary>Resets the connection and makes the descriptor ready for the next one; false when it is of no more use.</summary>
    public readonly bool Disconnect()
    {
        // struct sockaddr with sa_family AF_UNSPEC, which is 0.
        var unspecified = stackalloc byte[16];
        new Span<byte>(unspecified, 16).Clear();
        return Native.Connect(descriptor, unspecified, 16) == 0;
    }

    /// <summary>Closes the descriptor with a reset.</summary>
    public readonly void Close()
    {
        var linger = new Native.Linger { On = 1, Seconds = 0 };
        _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoLinger, &linger, (uint)sizeof(Native.Linger));
        _ = Native.Close(descriptor);
    }

    // A range of one port: unlike bind(2), it does not tie the descriptor to the port for good, nor keep the port from
    // connections to other peers. Linux 6.3; 0 is the system's range again.
    private int SetSourcePort(ushort wanted)
    {
        var range = wanted | ((uint)wanted << 16);
        if (Native.SetOption(descriptor, Native.IpProtoIp, Native.IpLocalPortRange, &range, sizeof(uint)) < 0) return Native.LastError();
        sourcePort = wanted;
        return 0;
    }

    private int SetDscp(bool ipv6, byte wanted)
    {
        // DSCP is the upper six bits of the TOS and traffic class octets (RFC 2474).
        var octet = wanted << 2;
        var result = ipv6
            ? Native.SetOption(descriptor, Native.IpProtoIpv6, Native.Ipv6Tclass, &octet, sizeof(int))
            : Native.SetOption(descriptor, Native.IpProtoIp, Native.IpTos, &octet, sizeof(int));
        if (result < 0) return Native.LastError();
        dscp = wanted;
        return 0;
    }

    private readonly int CloseAfter(int errno)
    {
        _ = Native.Close(descriptor);
        return errno;
    }
}
