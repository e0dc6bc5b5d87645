using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Trace;

/// <summary>
/// The sockets of a trace: a raw one for ICMP errors; for TCP a raw one that sends SYNs and sees what they bring, while a bound
/// socket a flow keeps its port from others; for UDP one a flow that sends and receives. No connection is ever made: the kernel,
/// which knows of none, resets what the target opens.
/// </summary>
internal sealed unsafe class TraceSockets : IDisposable
{
    /// <summary>What a user has to do to be allowed to.</summary>
    public const string Remedy =
        "tracing needs the capability CAP_NET_RAW: run as root, or give it to the program, for example with AmbientCapabilities=CAP_NET_RAW in its systemd unit";

    private const int Batch = 32;
    private const int PacketBytes = 2_048;
    private const int IcmpFilter = 1;
    private const int AttachFilter = 26;
    private const int QueueBytes = 1 << 20;

    private readonly TraceRequest request;
    private readonly bool ipv6;
    private readonly ProbeTarget target;
    private readonly ProbeTarget targetWithoutPort;
    private readonly int icmp = -1;
    private readonly int segments = -1;
    private readonly List<int> flows = [];
    private readonly List<int> sourcePorts = [];
    private readonly MessageBatch received = new(Batch, PacketBytes);
    private readonly MessageBatch sending = new(1, TracePackets.MaxBytes);
    private readonly TracePackets packets;
    private readonly Native.PollDescriptor[] polled;

    /// <exception cref="TraceException">This host cannot trace that; says why and what to do.</exception>
    public TraceSockets(TraceRequest request, uint secret)
    {
        this.request = request;
        ipv6 = request.Target.AddressFamily == AddressFamily.InterNetworkV6;
        target = ProbeTarget.Create(request.Target, request.Port);
        targetWithoutPort = ProbeTarget.Create(request.Target, 0);
        Source = SourceOf(request);
        packets = new TracePackets(Source, request.Target, request.Port, request.Protocol, secret);
        try
        {
            icmp = Open(Native.SockRaw, ipv6 ? Native.IpProtoIcmpv6 : Native.IpProtoIcmp);
            FilterErrors();
            if (request.Protocol == ProbeKind.Tcp)
            {
                segments = Open(Native.SockRaw, Native.IpProtoTcp);
                FilterAnswers();
                Bind(segments, 0);
            }

            foreach (var port in request.SourcePorts) OpenFlow(port);

            // The runtime makes the call ready at its first use, which must not be counted into the first RTT.
            _ = ClockPair.Now();
            _ = sending.Send(icmp, 0, 0);
        }
        catch
        {
            Dispose();
            throw;
        }

        int[] readable = request.Protocol == ProbeKind.Tcp ? [icmp, segments] : [icmp, .. flows];
        polled = [.. readable.Select(descriptor => new Native.PollDescriptor { Descriptor = descriptor, Events = Native.PollIn })];
    }

    /// <summary>The address that packets leave from.</summary>
    public IPAddress Source { get; }

    /// <summary>Source port of each flow.</summary>
    public IReadOnlyList<int> SourcePorts => sourcePorts;

    /// <summary>Why this process cannot trace, as a sentence that names the remedy; null when it can.</summary>
    public static string? WhyUnavailable(bool ipv6)
    {
        var descriptor = Native.Socket(
            ipv6 ? Native.AfInet6 : Native.AfInet, Native.SockRaw | Native.SockCloexec, ipv6 ? Native.IpProtoIcmpv6 : Native.IpProtoIcmp);
        if (descriptor < 0) return ProblemOf(Native.LastError(), "no raw socket");
        _ = Native.Close(descriptor);
        return null;
    }

    /// <summary>Sends a packet of a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="number">Which of its packets.</param>
    /// <param name="ttl">Its time to live.</param>
    /// <param name="sent">When it left.</param>
    /// <returns>0 or an errno.</returns>
    public int Send(int flow, int number, int ttl, out ClockPair sent)
    {
        var length = packets.Write(sending.Room(0), sourcePorts[flow], number);
        var control = sending.ControlRoom(0);
        Span<byte> value = stackalloc byte[4];
        MemoryMarshal.Write(value, ttl);
        var level = ipv6 ? Native.IpProtoIpv6 : Native.IpProtoIp;
        var controlLength = ControlMessages.Write(control, level, ipv6 ? Native.Ipv6HopLimit : Native.IpTtl, value);
        if (request.Dscp != 0)
        {
            MemoryMarshal.Write(value, request.Dscp << 2);
            controlLength += ControlMessages.Write(control[controlLength..], level, ipv6 ? Native.Ipv6Tclass : Native.IpTos, value);
        }

        var tcp = request.Protocol == ProbeKind.Tcp;
        sending.SetLengths(0, length, controlLength);
        sending.SetName(0, tcp ? targetWithoutPort : target, hasPort: !tcp);
        sent = ClockPair.Now();
        var taken = sending.Send(tcp ? segments : flows[flow], 0, 1);
        return taken < 0 ? -taken : 0;
    }

    /// <summary>Waits until something came, or the time is over.</summary>
    public void Wait(TimeSpan most)
    {
        fixed (Native.PollDescriptor* first = polled) _ = Native.Poll(first, (nuint)polled.Length, (int)Math.Ceiling(Math.Clamp(most.TotalMilliseconds, 0, 1_000)));
    }

    /// <summary>Hands over what came.</summary>
    /// <param name="take">Takes an answer, its sender, and its arrival by CLOCK_REALTIME, nanoseconds.</param>
    public void Receive(Action<TraceAnswer, IPAddress, long> take)
    {
        Receive(icmp, packets.TryReadError, take);
        if (segments >= 0) Receive(segments, packets.TryReadSegment, take);
        else for (var flow = 0; flow < flows.Count; flow++) ReceiveEchoes(flow, take);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var descriptor in flows.Append(icmp).Append(segments).Where(descriptor => descriptor >= 0)) _ = Native.Close(descriptor);
        received.Dispose();
        sending.Dispose();
    }

    private delegate bool Reader(ReadOnlySpan<byte> packet, out TraceAnswer answer);

    private void ReceiveEchoes(int flow, Action<TraceAnswer, IPAddress, long> take) =>
        Receive(flows[flow], (ReadOnlySpan<byte> packet, out TraceAnswer answer) => packets.TryReadEcho(packet, sourcePorts[flow], out answer), take);

    private void Receive(int descriptor, Reader read, Action<TraceAnswer, IPAddress, long> take)
    {
        int count;
        do
        {
            count = received.Receive(descriptor, wait: false);
            for (var i = 0; i < count; i++)
            {
                // What answers in the target's place, a proxy say, has the target's address.
                if (read(received.Data(i), out var answer) && AddressOf(received.Name(i)) is { } from) take(answer, from, StampOf(received.Control(i)));
            }
        }
        while (count == Batch);
    }

    private static long StampOf(ReadOnlySpan<byte> control)
    {
        var walk = new ControlMessages(control);
        while (walk.Next())
        {
            if (walk is { Level: Native.SolSocket, Type: Native.SoTimestampNanoseconds }) return ControlMessages.Nanoseconds(walk.Data);
        }

        return ClockPair.UnixNow();
    }

    private static IPAddress? AddressOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        >= 28 when name[0] == Native.AfInet6 => new IPAddress(name[8..24]),
        >= 16 when name[0] == Native.AfInet => new IPAddress(name[4..8]),
        _ => null,
    };

    private static string ProblemOf(int errno, string what) =>
        Errno.ToProbeError(errno) == ProbeError.Prohibited ? Remedy : $"{what}: {Marshal.GetPInvokeErrorMessage(errno)}";

    private static IPAddress SourceOf(TraceRequest request)
    {
        // A datagram socket that is connected has the address that the kernel would send from.
        try
        {
            using var socket = new Socket(request.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (request.Source is { } source) socket.Bind(new IPEndPoint(source, 0));
            socket.Connect(new IPEndPoint(request.Target, request.Port));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException error)
        {
            throw new TraceException($"{request.Target} cannot be reached from {request.Source?.ToString() ?? "this host"}: {error.Message}");
        }
    }

    private int Open(int type, int protocol)
    {
        KernelStamps.Begin();
        var descriptor = Native.Socket(ipv6 ? Native.AfInet6 : Native.AfInet, type | Native.SockNonblock | Native.SockCloexec, protocol);
        if (descriptor < 0) throw new TraceException(ProblemOf(Native.LastError(), "no socket to trace with"));
        KernelStamps.AskOn(descriptor);
        ReceiveQueue.Resize(descriptor, QueueBytes);
        return descriptor;
    }

    private void Bind(int descriptor, int port)
    {
        var address = ProbeTarget.Create(Source, port);
        fixed (byte* first = &address.First)
        {
            if (Native.Bind(descriptor, first, (uint)address.Length) == 0) return;
        }

        var errno = Native.LastError();

        // SYNs of a raw socket need no bound one, which only keeps the port from others; a listener does that too.
        if (port != 0 && errno == Errno.AddressInUse && request is { FromListeners: true, Protocol: ProbeKind.Tcp } && ListenedPorts.Has(port)) return;
        throw new TraceException(Errno.ToProbeError(errno) == ProbeError.SourceUnavailable && port != 0
            ? $"source port {port} of {Source} is in use; take another one, or wait until it is free"
            : $"source {Source}{(port == 0 ? "" : $" port {port}")} cannot be used: {Marshal.GetPInvokeErrorMessage(errno)}");
    }

    private void OpenFlow(int port)
    {
        var tcp = request.Protocol == ProbeKind.Tcp;
        var descriptor = Open(tcp ? Native.SockStream : Native.SockDgram, tcp ? Native.IpProtoTcp : Native.IpProtoUdp);
        flows.Add(descriptor);
        Bind(descriptor, port);
        if (port == 0)
        {
            var name = stackalloc byte[28];
            uint length = 28;
            _ = Native.GetName(descriptor, name, &length);
            port = (name[2] << 8) | name[3];
        }

        sourcePorts.Add(port);
    }

    private void FilterErrors()
    {
        // A set bit keeps a type out: of ICMP one word, of ICMPv6 (RFC 3542, 3.2) eight.
        var words = stackalloc uint[8];
        new Span<uint>(words, 8).Fill(uint.MaxValue);
        foreach (var type in ipv6 ? IcmpMeaning.Ipv6Types : IcmpMeaning.Ipv4Types) words[type >> 5] &= ~(1u << (type & 31));
        _ = ipv6
            ? Native.SetOption(icmp, Native.IpProtoIcmpv6, IcmpFilter, words, 32)
            : Native.SetOption(icmp, Native.SolRaw, IcmpFilter, words, sizeof(uint));
    }

    /// <summary>Keeps all segments out but SYN-ACKs and resets, in the kernel (classic BPF): a raw socket sees the whole host's.</summary>
    private void FilterAnswers()
    {
        // IPv4 packets begin with their header, whose length goes into X; flags are at 13 of the TCP header.
        FilterInstruction[] load = ipv6
            ? [new(0x30, 0, 0, 13)]
            : [new(0xb1, 0, 0, 0), new(0x50, 0, 0, 13)];
        FilterInstruction[] program =
        [
            .. load,
            new(0x45, 2, 0, 0x04),
            new(0x54, 0, 0, 0x12),
            new(0x15, 0, 1, 0x12),
            new(0x06, 0, 0, 0xFFFF),
            new(0x06, 0, 0, 0),
        ];
        fixed (FilterInstruction* first = program)
        {
            var filter = new FilterProgram { Length = (ushort)program.Length, Instructions = first };
            _ = Native.SetOption(segments, Native.SolSocket, AttachFilter, &filter, (uint)sizeof(FilterProgram));
        }
    }

    // struct sock_filter and struct sock_fprog of linux/filter.h.
    private readonly record struct FilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    private struct FilterProgram
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
