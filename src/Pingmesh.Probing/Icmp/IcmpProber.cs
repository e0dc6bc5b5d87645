using System.Buffers.Binary;
using System.Net;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Icmp;

/// <summary>
/// Probes by ICMP and ICMPv6 echo (RFC 792, RFC 4443), one socket of each family for all targets. The socket is an unprivileged
/// one (icmp(7): group in <c>net.ipv4.ping_group_range</c>) or, where that is not permitted, a raw one (CAP_NET_RAW).
/// </summary>
/// <remarks>
/// Errors: <c>timeout</c> no answer; the unreachable ones, <c>ttl-exceeded</c> and <c>too-large</c> by ICMP; <c>prohibited</c> where neither
/// socket is permitted; <c>bad-answer</c> other bytes came than were sent. An outcome's source port is the identifier.
/// </remarks>
public sealed class IcmpProber : DatagramProber
{
    /// <summary>Bytes of payload unless the shape says otherwise (as ping(8)).</summary>
    public const int DefaultPayloadBytes = 56;

    private const int HeaderBytes = 8;
    private const int TokenBytes = 16;
    private const int IcmpFilter = 1;
    private const int Icmp6Filter = 1;
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const byte EchoRequest6 = 128;
    private const byte EchoReply6 = 129;

    private static readonly string Remedy =
        "ICMP needs the capability CAP_NET_RAW (run as root, or 'setcap cap_net_raw+ep' on the program) or a group within the sysctl net.ipv4.ping_group_range";

    private readonly ulong token = Entropy.Next();
    private readonly int[] slotOfSequence = new int[ushort.MaxValue + 1];
    private readonly uint[] generationOfSequence = new uint[ushort.MaxValue + 1];
    private ushort nextSequence;

    /// <summary>Makes a prober. Opens no socket yet.</summary>
    public IcmpProber(ProberOptions options, TimeProvider time)
        : base(options, time, HeaderBytes + HardLimits.MaxPayloadBytes + 60)
    {
    }

    private protected override bool NewSocketEachRound => false;

    private protected override bool HasPorts => false;

    /// <summary>Why this process cannot probe by ICMP, as a sentence that names the remedy; null when it can.</summary>
    /// <param name="ipv6">Whether by ICMPv6.</param>
    public static string? WhyUnavailable(bool ipv6)
    {
        var descriptor = OpenDescriptor(ipv6, out _, out var errno);
        if (descriptor < 0) return Errno.ToProbeError(errno) == ProbeError.Prohibited ? Remedy : $"this host has no {(ipv6 ? "ICMPv6" : "ICMP")}: errno {errno}";
        _ = Native.Close(descriptor);
        return null;
    }

    private protected override int Open(bool ipv6, in ProbeShape shape, out OpenedDescriptor opened)
    {
        opened = default;
        var descriptor = OpenDescriptor(ipv6, out var raw, out var errno);
        if (descriptor < 0) return errno;
        var given = ipv6 ? Options.SourceIPv6 : Options.SourceIPv4;

        // Of an unprivileged socket the kernel gives the identifier, at the bind.
        var source = ProbeTarget.Create(given ?? (ipv6 ? IPAddress.IPv6Any : IPAddress.Any), 0);
        errno = DatagramSocket.Configure(descriptor, ipv6, raw && given is null ? null : source, shape);
        if (errno != 0)
        {
            _ = Native.Close(descriptor);
            return errno;
        }

        if (raw) FilterReplies(descriptor, ipv6);
        var identifier = raw ? (ushort)(Entropy.Next() | 1) : PortOf(descriptor);
        opened = new OpenedDescriptor(descriptor, identifier, raw);
        return 0;
    }

    private protected override int Write(Span<byte> packet, int slot, uint generation, DatagramSocket socket, in ProbeTarget peer, in ProbeShape shape)
    {
        var payload = shape.PayloadBytes == 0 ? DefaultPayloadBytes : shape.PayloadBytes;
        var length = HeaderBytes + payload;
        packet[0] = socket.IsIPv6 ? EchoRequest6 : EchoRequest;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], socket.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], nextSequence);
        slotOfSequence[nextSequence] = slot;
        generationOfSequence[nextSequence] = generation;
        nextSequence++;
        Padding.Fill(packet[HeaderBytes..length]);
        if (payload >= TokenBytes)
        {
            BinaryPrimitives.WriteUInt64BigEndian(packet[HeaderBytes..], token);
            BinaryPrimitives.WriteUInt64BigEndian(packet[(HeaderBytes + 8)..], ((ulong)generation << 32) | (uint)slot);
        }

        // Of ICMPv6 the kernel makes the checksum, since it covers the addresses.
        if (!socket.IsIPv6) BinaryPrimitives.WriteUInt16BigEndian(packet[2..], InternetChecksum.Of(packet[..length]));
        return length;
    }

    private protected override bool TryRead(ReadOnlySpan<byte> packet, DatagramSocket socket, bool quoted, out DatagramAnswer answer)
    {
        answer = default;
        if (socket.IsRaw && !socket.IsIPv6 && !quoted)
        {
            var header = packet.IsEmpty ? 0 : (packet[0] & 15) * 4;
            if (packet.Length < header + HeaderBytes) return false;
            packet = packet[header..];
        }

        if (packet.Length < HeaderBytes || packet[0] != TypeOf(socket.IsIPv6, quoted)) return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != socket.Port) return false;
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        var (slot, generation) = (slotOfSequence[sequence], generationOfSequence[sequence]);
        var payload = packet[HeaderBytes..];
        var bad = false;
        if (payload.Length >= TokenBytes)
        {
            var own = BinaryPrimitives.ReadUInt64BigEndian(payload);
            var probe = BinaryPrimitives.ReadUInt64BigEndian(payload[8..]);
            if (own != token)
            {
                // Another process's, unless it is a raw socket's own with its payload spoilt.
                if (socket.IsRaw || quoted) return false;
                bad = true;
            }
            else if (probe != (((ulong)generation << 32) | (uint)slot))
            {
                // The sequence has come round since.
                (slot, generation) = ((int)(uint)probe, (uint)(probe >> 32));
            }
        }

        if (!quoted && !bad) bad = !IsWhole(payload);
        answer = new DatagramAnswer { Slot = slot, Generation = generation, IsBad = bad };
        return true;
    }

    private static byte TypeOf(bool ipv6, bool request) => (ipv6, request) switch
    {
        (false, false) => EchoReply,
        (false, true) => EchoRequest,
        (true, false) => EchoReply6,
        (true, true) => EchoRequest6,
    };

    private static bool IsWhole(ReadOnlySpan<byte> payload) => Padding.IsWhole(payload, payload.Length >= TokenBytes ? TokenBytes : 0);

    private static int OpenDescriptor(bool ipv6, out bool raw, out int errno)
    {
        var family = ipv6 ? Native.AfInet6 : Native.AfInet;
        var protocol = ipv6 ? Native.IpProtoIcmpv6 : Native.IpProtoIcmp;
        errno = 0;
        raw = false;
        var descriptor = Native.Socket(family, Native.SockDgram | Native.SockNonblock | Native.SockCloexec, protocol);
        if (descriptor >= 0) return descriptor;
        raw = true;
        descriptor = Native.Socket(family, Native.SockRaw | Native.SockNonblock | Native.SockCloexec, protocol);
        if (descriptor < 0) errno = Native.LastError();
        return descriptor;
    }

    private static unsafe void FilterReplies(int descriptor, bool ipv6)
    {
        // A set bit keeps a type out: of ICMP one word, of ICMPv6 (RFC 3542, 3.2) eight.
        var words = stackalloc uint[8];
        new Span<uint>(words, 8).Fill(uint.MaxValue);
        if (ipv6)
        {
            words[EchoReply6 >> 5] &= ~(1u << (EchoReply6 & 31));
            _ = Native.SetOption(descriptor, Native.IpProtoIcmpv6, Icmp6Filter, words, 32);
        }
        else
        {
            words[0] = ~(1u << EchoReply);
            _ = Native.SetOption(descriptor, Native.SolRaw, IcmpFilter, words, sizeof(uint));
        }
    }

    private static unsafe ushort PortOf(int descriptor)
    {
        var address = stackalloc byte[28];
        uint length = 28;
        return Native.GetName(descriptor, address, &length) == 0 ? (ushort)((address[2] << 8) | address[3]) : (ushort)0;
    }
}
