using System.Net;
using System.Net.Sockets;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Responders;

/// <summary>
/// Answers TCP probes. Plain connects the kernel answers alone: with TCP_DEFER_ACCEPT it completes handshakes without
/// waking this process, so that a busy or stalled process is not taken for network loss. A client that sends data is
/// served by <see cref="DataConnections"/>: its bytes are echoed, or an HTTP request answered.
/// </summary>
public sealed class TcpResponder : IDisposable
{
    private const int Backlog = 4096;

    // linux/tcp.h. How long the kernel holds back a connection without data, in seconds; probes reset theirs long before.
    private const int TcpDeferAccept = 9;
    private const int DeferSeconds = 30;

    private readonly Socket listener;
    private readonly DataConnections connections;

    /// <summary>Listens and answers from now on.</summary>
    /// <param name="endpoint">Address and port.</param>
    /// <param name="dscp">DSCP of its packets, SYN-ACKs included, 0 to 63.</param>
    /// <exception cref="IOException">It cannot be listened at; says where, why and what helps.</exception>
    public TcpResponder(IPEndPoint endpoint, byte dscp = 0)
    {
        listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            // SO_REUSEADDR itself, without what .NET means by ReuseAddress (which adds SO_REUSEPORT).
            listener.SetRawSocketOption(Native.SolSocket, Native.SoReuseAddress, BitConverter.GetBytes(1));
            var ipv6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
            if (ipv6) listener.DualMode = false;

            // DSCP is the upper six bits of the octet (RFC 2474).
            if (dscp != 0)
                listener.SetRawSocketOption(ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp, ipv6 ? Native.Ipv6Tclass : Native.IpTos, BitConverter.GetBytes(dscp << 2));
            listener.SetRawSocketOption(Native.IpProtoTcp, TcpDeferAccept, BitConverter.GetBytes(DeferSeconds));
            listener.Bind(endpoint);
            listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw ListeningProblem.Of(endpoint, "TCP", error);
        }

        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        connections = new DataConnections(listener, $"respond {Endpoint}");
    }

    /// <summary>Where it listens; with the port the kernel chose where 0 was asked for.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Connections that sent data and were handed over by the kernel.</summary>
    public long Accepted => connections.Accepted;

    /// <summary>Connections of these that were reset at once because there were too many, in all or from one source.</summary>
    public long Refused => connections.Refused;

    /// <summary>Connections that were reset because they were idle or went on for too long.</summary>
    public long TimedOut => connections.TimedOut;

    /// <summary>Connections being served.</summary>
    public int Open => connections.Open;

    /// <summary>Bytes echoed.</summary>
    public long EchoedBytes => connections.EchoedBytes;

    /// <summary>HTTP requests answered.</summary>
    public long HttpAnswers => connections.HttpAnswers;

    /// <summary>Stops answering.</summary>
    public void Dispose()
    {
        connections.Dispose();
        listener.Dispose();
    }
}
