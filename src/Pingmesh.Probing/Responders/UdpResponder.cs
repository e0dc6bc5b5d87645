using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Udp;

namespace Pingmesh.Probing.Responders;

/// <summary>
/// Answers UDP probes, see <see cref="EchoPacket"/>: with as many bytes as it got, from the address that was asked and at
/// the DSCP it was asked with, and each source at a limited rate; so it is no amplifier. Anything that is no request is ignored.
/// </summary>
public sealed class UdpResponder : IDisposable
{
    /// <summary>Packets a second that one source is answered.</summary>
    public const int PacketsPerSecond = 2_000;

    /// <summary>Bytes a second that one source is answered.</summary>
    public const long BytesPerSecond = 20_000_000;

    private const int Batch = 32;
    private const int ReceiveBuffer = 4 << 20;

    // IP_PKTINFO is struct in_pktinfo: interface index, local address to send from, address the packet came to.
    private const int PacketInfoBytes = 12;

    private readonly Socket socket;
    private readonly Thread thread;
    private readonly MessageBatch messages = new(Batch, EchoPacket.MaxBytes);
    private readonly SourceLimiter limiter;
    private volatile bool stopping;
    private long answered;
    private long ignored;
    private long limited;

    /// <summary>Listens and answers from now on.</summary>
    /// <exception cref="IOException">It cannot be listened at; says where, why and what helps.</exception>
    public UdpResponder(IPEndPoint endpoint)
        : this(endpoint, new SourceLimiter(PacketsPerSecond, BytesPerSecond))
    {
    }

    internal UdpResponder(IPEndPoint endpoint, SourceLimiter limiter)
    {
        this.limiter = limiter;
        socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Configure(endpoint.AddressFamily == AddressFamily.InterNetworkV6);
            socket.Bind(endpoint);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            messages.Dispose();
            throw ListeningProblem.Of(endpoint, "UDP", error);
        }

        Endpoint = (IPEndPoint)socket.LocalEndPoint!;
        thread = new Thread(Run) { Name = $"respond {Endpoint} udp", IsBackground = true };
        thread.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Requests answered.</summary>
    public long Answered => Volatile.Read(ref answered);

    /// <summary>Datagrams that were no requests.</summary>
    public long Ignored => Volatile.Read(ref ignored);

    /// <summary>Requests not answered because their source asks too often.</summary>
    public long Limited => Volatile.Read(ref limited);

    /// <summary>Datagrams that came faster than they were read, and were thrown away by the kernel.</summary>
    public long Overflowed => stopping ? 0 : ReceiveQueue.DroppedBy((int)socket.Handle);

    /// <summary>Stops answering.</summary>
    public void Dispose()
    {
        if (stopping) return;
        stopping = true;

        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // "Not connected", says the kernel; but it has woken the thread that waits for a datagram.
        }

        thread.Join();
        socket.Dispose();
        messages.Dispose();
    }

    private void Configure(bool ipv6)
    {
        if (ipv6) socket.DualMode = false;
        ReceiveQueue.Resize((int)socket.Handle, ReceiveBuffer);
        Set(Native.SolSocket, Native.SoTimestampNanoseconds);
        Set(ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp, ipv6 ? Native.Ipv6ReceivePacketInfo : Native.IpPacketInfo);
        Set(ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp, ipv6 ? Native.Ipv6ReceiveTclass : Native.IpReceiveTos);
    }

    private void Set(int level, int name) => socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));

    private void Run()
    {
        var descriptor = (int)socket.Handle;
        while (!stopping)
        {
            var count = messages.Receive(descriptor, wait: true);
            if (stopping) return;
            for (var i = 0; i < count; i++) Answer(descriptor, i);
        }
    }

    private void Answer(int descriptor, int message)
    {
        var data = messages.Data(message);
        if (messages.WasCut(message) || !EchoPacket.IsRequest(data))
        {
            ignored++;
            return;
        }

        if (!limiter.Allows(SourceKey.Of(messages.Name(message)), data.Length, ClockPair.MonotonicNow()))
        {
            limited++;
            return;
        }

        var received = PrepareControl(message, out var controlLength);
        messages.SetLengths(message, data.Length, controlLength);
        var now = ClockPair.UnixNow();
        EchoPacket.TurnIntoAnswer(data, received == 0 ? now : received, now);

        // An answer that the kernel has no room for is lost like one on the way.
        if (messages.Send(descriptor, message, 1) == 1) answered++;
    }

    /// <summary>Turns the control messages of a request into those of its answer; gives the kernel's stamp, 0 without one.</summary>
    private long PrepareControl(int message, out int length)
    {
        long stamp = 0;
        Span<byte> info = stackalloc byte[20];
        var infoLength = 0;
        var (level, octet) = (0, 0);
        var walk = new ControlMessages(messages.Control(message));
        while (walk.Next())
        {
            if (walk.Level == Native.SolSocket && walk.Type == Native.SoTimestampNanoseconds) stamp = ControlMessages.Nanoseconds(walk.Data);
            else if (walk is { Level: Native.IpProtoIp, Type: Native.IpPacketInfo } or { Level: Native.IpProtoIpv6, Type: Native.Ipv6PacketInfo })
            {
                walk.Data.CopyTo(info);
                infoLength = walk.Data.Length;
                level = walk.Level;
            }
            else if (walk is { Level: Native.IpProtoIp, Type: Native.IpTos }) octet = walk.Data[0];
            else if (walk is { Level: Native.IpProtoIpv6, Type: Native.Ipv6Tclass }) octet = MemoryMarshal.Read<int>(walk.Data);
        }

        var room = messages.ControlRoom(message);
        length = 0;
        if (infoLength == PacketInfoBytes)
        {
            // The interface is left to routing: the way back need not be the way there.
            info[..4].Clear();
            length += ControlMessages.Write(room, level, Native.IpPacketInfo, info[..infoLength]);
        }
        else if (infoLength > 0)
        {
            // Of a link-local address the interface is a part; of any other it is left to routing.
            if (!(info[0] == 0xFE && (info[1] & 0xC0) == 0x80)) info[16..20].Clear();
            length += ControlMessages.Write(room, level, Native.Ipv6PacketInfo, info[..infoLength]);
        }

        if ((octet & 0xFC) == 0) return stamp;

        // Without the two bits of ECN, which are the network's business.
        Span<byte> tos = stackalloc byte[4];
        MemoryMarshal.Write(tos, octet & 0xFC);
        var ipv6 = level == Native.IpProtoIpv6;
        length += ControlMessages.Write(room[length..], ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp, ipv6 ? Native.Ipv6Tclass : Native.IpTos, tos);
        return stamp;
    }
}
