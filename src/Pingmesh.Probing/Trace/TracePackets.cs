using System.Buffers.Binary;
using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Udp;

namespace Pingmesh.Probing.Trace;

/// <summary>
/// The packets of a trace. What routers quote of an expired packet may be no more than its first 8 bytes after the IP header, and
/// the ports in it must not change, or it would take another path. So its number goes where no switch hashes: of a SYN
/// into the sequence number, of a datagram into the length.
/// </summary>
/// <param name="source">Source address.</param>
/// <param name="target">Target address, of the same family.</param>
/// <param name="port">Target port.</param>
/// <param name="protocol">tcp or udp.</param>
/// <param name="secret">Differs from trace to trace, so that answers to an earlier one are not taken for answers to this.</param>
internal sealed class TracePackets(IPAddress source, IPAddress target, int port, ProbeKind protocol, uint secret)
{
    /// <summary>Most bytes of a packet, with the largest number.</summary>
    public const int MaxBytes = EchoPacket.HeaderBytes + (TraceRequest.MaxMaxHops * TraceRequest.MaxTries);

    private const int SynBytes = 24;
    private const int PortsBytes = 8;
    private const int Ipv6HeaderBytes = 40;
    private const int Ipv4HeaderBytes = 20;
    private const int IcmpHeaderBytes = 8;

    // Farther apart than a receive window without scaling, so that a later SYN of a flow is not taken for data of an earlier one.
    private const int SequenceStep = 1 << 16;

    private const byte Syn = 0x02;
    private const byte Reset = 0x04;
    private const byte SynAck = 0x12;

    private readonly bool ipv6 = target.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
    private readonly byte[] targetBytes = target.GetAddressBytes();
    private readonly uint pseudoHeader = InternetChecksum.Sum(target.GetAddressBytes(), InternetChecksum.Sum(source.GetAddressBytes()));

    /// <summary>Writes a packet, from its TCP header or UDP payload on.</summary>
    /// <param name="to">At least <see cref="MaxBytes"/>.</param>
    /// <param name="sourcePort">The flow.</param>
    /// <param name="number">Which packet of the flow, 0 to hops times tries.</param>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> to, int sourcePort, int number)
    {
        if (protocol == ProbeKind.Udp)
        {
            var length = EchoPacket.HeaderBytes + number;
            EchoPacket.WriteRequest(to, secret, (ulong)number);
            to[EchoPacket.HeaderBytes..length].Clear();
            return length;
        }

        var syn = to[..SynBytes];
        syn.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(syn, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(syn[2..], (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(syn[4..], SequenceOf(number));
        syn[12] = SynBytes / 4 << 4;
        syn[13] = Syn;
        BinaryPrimitives.WriteUInt16BigEndian(syn[14..], ushort.MaxValue);

        // Maximum segment size (RFC 9293, 3.2): firewalls mistrust a SYN without one.
        syn[20] = 2;
        syn[21] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(syn[22..], (ushort)(ipv6 ? 1440 : 1460));
        BinaryPrimitives.WriteUInt16BigEndian(syn[16..], InternetChecksum.Of(syn, pseudoHeader + Native.IpProtoTcp + SynBytes));
        return SynBytes;
    }

    /// <summary>Reads an ICMP error as a raw socket gives it, IPv4 with its header; false when it is not about this trace.</summary>
    public bool TryReadError(ReadOnlySpan<byte> packet, out TraceAnswer answer)
    {
        answer = default;
        if (!ipv6 && !SkipIpv4Header(ref packet, Native.IpProtoIcmp)) return false;
        if (packet.Length < IcmpHeaderBytes) return false;
        var error = ipv6 ? IcmpMeaning.OfIpv6(packet[0], packet[1]) : IcmpMeaning.OfIpv4(packet[0], packet[1]);
        if (error == ProbeError.None) return false;
        packet = packet[IcmpHeaderBytes..];
        var ours = protocol == ProbeKind.Tcp ? Native.IpProtoTcp : Native.IpProtoUdp;
        if (ipv6)
        {
            if (packet.Length < Ipv6HeaderBytes || packet[0] >> 4 != 6 || packet[6] != ours || !packet[24..40].SequenceEqual(targetBytes)) return false;
            packet = packet[Ipv6HeaderBytes..];
        }
        else
        {
            if (packet.Length < Ipv4HeaderBytes || !packet[16..20].SequenceEqual(targetBytes) || !SkipIpv4Header(ref packet, ours)) return false;
        }

        if (packet.Length < PortsBytes || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != port) return false;
        var number = protocol == ProbeKind.Tcp
            ? NumberOf(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]))
            : BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) - PortsBytes - EchoPacket.HeaderBytes;
        answer = new TraceAnswer(BinaryPrimitives.ReadUInt16BigEndian(packet), number, error);
        return number >= 0;
    }

    /// <summary>Reads a TCP segment as a raw socket gives it; false when it is no answer of the target to a SYN of this trace.</summary>
    public bool TryReadSegment(ReadOnlySpan<byte> packet, out TraceAnswer answer)
    {
        answer = default;
        if (!ipv6 && !SkipIpv4Header(ref packet, Native.IpProtoTcp)) return false;
        if (packet.Length < 20 || BinaryPrimitives.ReadUInt16BigEndian(packet) != port) return false;
        var flags = packet[13];
        if ((flags & Reset) == 0 && (flags & SynAck) != SynAck) return false;
        var number = NumberOf(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) - 1);
        answer = new TraceAnswer(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), number, (flags & Reset) != 0 ? ProbeError.Refused : ProbeError.None);
        return number >= 0;
    }

    /// <summary>Reads what came to a flow's UDP socket; false when it is no echo of this trace.</summary>
    public bool TryReadEcho(ReadOnlySpan<byte> packet, int sourcePort, out TraceAnswer answer)
    {
        answer = default;
        if (!EchoPacket.TryReadAnswer(packet, out var whose, out var number, out _, out _) || whose != secret || number > MaxBytes) return false;
        answer = new TraceAnswer(sourcePort, (int)number, ProbeError.None);
        return true;
    }

    private static bool SkipIpv4Header(ref ReadOnlySpan<byte> packet, int protocol)
    {
        if (packet.Length < Ipv4HeaderBytes || packet[0] >> 4 != 4 || packet[9] != protocol) return false;
        var length = (packet[0] & 15) * 4;
        if (length < Ipv4HeaderBytes || packet.Length < length) return false;
        packet = packet[length..];
        return true;
    }

    private uint SequenceOf(int number) => secret + (uint)(number * SequenceStep);

    private int NumberOf(uint sequence)
    {
        var distance = sequence - secret;
        var number = distance / SequenceStep;
        return distance % SequenceStep == 0 && number < TraceRequest.MaxMaxHops * TraceRequest.MaxTries ? (int)number : -1;
    }
}

/// <summary>An answer to a packet of a trace.</summary>
/// <param name="SourcePort">The packet's flow.</param>
/// <param name="Number">Which of the flow's packets.</param>
/// <param name="Error">What it says.</param>
internal readonly record struct TraceAnswer(int SourcePort, int Number, ProbeError Error);
