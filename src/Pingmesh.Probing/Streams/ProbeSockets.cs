using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Streams;

/// <summary>A socket to open.</summary>
/// <param name="Peer">Where to.</param>
/// <param name="Type">Stream or datagram.</param>
/// <param name="Source">Address to come from; null leaves it to the kernel.</param>
/// <param name="Dscp">QoS, 0 to 63.</param>
/// <param name="Space">Network namespace to open it in; null for the process's own.</param>
internal sealed record SocketRequest(IPEndPoint Peer, SocketType Type, IPAddress? Source = null, byte Dscp = 0, NetworkSpace? Space = null)
{
    public static SocketRequest Of(PlatformTarget target, SocketType type) =>
        new(new IPEndPoint(target.Address, target.Port), type, target.Source, target.Dscp, target.Space);
}

/// <summary>Connected sockets of the platform, as probes need them.</summary>
internal static class ProbeSockets
{
    /// <summary>Connects; a stream's socket resets its connection when it is closed, so that probes leave no TIME_WAIT.</summary>
    /// <exception cref="SocketException">It cannot be connected.</exception>
    public static async Task<Socket> ConnectAsync(SocketRequest request, CancellationToken cancel)
    {
        var family = request.Peer.AddressFamily;
        var protocol = request.Type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp;
        var socket = NetworkSpace.In(request.Space, () => new Socket(family, request.Type, protocol));
        try
        {
            if (request.Type == SocketType.Stream)
            {
                socket.NoDelay = true;
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            // DSCP is the upper six bits of the octet (RFC 2474).
            var ipv6 = family == AddressFamily.InterNetworkV6;
            if (request.Dscp != 0)
                socket.SetRawSocketOption(ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp, ipv6 ? Native.Ipv6Tclass : Native.IpTos, BitConverter.GetBytes(request.Dscp << 2));
            if (request.Source is { } source) socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(request.Peer, cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The port a socket comes from.</summary>
    public static ushort PortOf(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>The code of what the platform reports.</summary>
    public static ProbeError ToProbeError(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ProbeError.Refused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => ProbeError.Reset,
        SocketError.TimedOut => ProbeError.Timeout,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => ProbeError.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostDown => ProbeError.HostUnreachable,
        SocketError.AccessDenied => ProbeError.Prohibited,
        SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse => ProbeError.SourceUnavailable,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProbeError.LocalResources,
        SocketError.MessageSize => ProbeError.TooLarge,
        _ => ProbeError.Other,
    };
}
