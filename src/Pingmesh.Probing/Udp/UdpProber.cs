using System.Net;
using Pingmesh.Core;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Udp;

/// <summary>
/// Probes by UDP echo with the peer's responder, see <see cref="EchoPacket"/>. Both ends stamp request and answer, so the RTT is
/// without the time the responder took, and the delays of both directions are told as far as the clocks allow. Each round of
/// starts leaves from a new source port, so that every probe of a peer has a five-tuple of its own.
/// </summary>
/// <remarks>
/// Errors: <c>timeout</c> no answer; <c>refused</c> and the unreachable ones by ICMP; <c>ttl-exceeded</c>; <c>too-large</c> for a link of
/// the path or the interface, when not to be fragmented; <c>bad-answer</c> other bytes came than were sent.
/// </remarks>
public sealed class UdpProber : DatagramProber
{
    /// <summary>Bytes of payload unless the shape says otherwise.</summary>
    public const int DefaultPayloadBytes = 64;

    private readonly ulong token = Entropy.Next();
    private readonly ProbeTarget? sourceIPv4;
    private readonly ProbeTarget? sourceIPv6;

    /// <summary>Makes a prober. Opens no socket yet.</summary>
    public UdpProber(ProberOptions options, TimeProvider time)
        : base(options, time, EchoPacket.MaxBytes)
    {
        sourceIPv4 = options.SourceIPv4 is { } four ? ProbeTarget.Create(four, 0) : null;
        sourceIPv6 = options.SourceIPv6 is { } six ? ProbeTarget.Create(six, 0) : null;
    }

    private protected override bool NewSocketEachRound => true;

    private protected override bool HasPorts => true;

    private protected override unsafe int Open(bool ipv6, in ProbeShape shape, out OpenedDescriptor opened)
    {
        opened = default;
        var descriptor = Native.Socket(
            ipv6 ? Native.AfInet6 : Native.AfInet, Native.SockDgram | Native.SockNonblock | Native.SockCloexec, Native.IpProtoUdp);
        if (descriptor < 0) return Native.LastError();

        // Bound at once, for a source port that outcomes can name; the same port may be swept again while an old socket lingers.
        var one = 1;
        if (shape.SourcePort != 0) _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoReuseAddress, &one, sizeof(int));
        var any = ProbeTarget.Create(ipv6 ? Options.SourceIPv6 ?? IPAddress.IPv6Any : Options.SourceIPv4 ?? IPAddress.Any, shape.SourcePort);
        var errno = DatagramSocket.Configure(descriptor, ipv6, shape.SourcePort != 0 ? any : (ipv6 ? sourceIPv6 : sourceIPv4) ?? any, shape);
        if (errno == 0) opened = new OpenedDescriptor(descriptor, PortOf(descriptor));
        else _ = Native.Close(descriptor);
        return errno;
    }

    private protected override int Write(Span<byte> packet, int slot, uint generation, DatagramSocket socket, in ProbeTarget peer, in ProbeShape shape)
    {
        var wanted = shape.PayloadBytes == 0 ? DefaultPayloadBytes : Math.Min(shape.PayloadBytes, HardLimits.MaxPayloadBytes);
        var length = Math.Clamp(wanted, EchoPacket.HeaderBytes, EchoPacket.MaxBytes);
        EchoPacket.WriteRequest(packet, token, ((ulong)generation << 32) | (uint)slot);
        Padding.Fill(packet[EchoPacket.HeaderBytes..length]);
        return length;
    }

    private protected override bool TryRead(ReadOnlySpan<byte> packet, DatagramSocket socket, bool quoted, out DatagramAnswer answer)
    {
        answer = default;
        ulong sequence, whose;
        if (quoted)
        {
            if (!EchoPacket.TryReadRequest(packet, out whose, out sequence) || whose != token) return false;
            answer = new DatagramAnswer { Slot = (int)(uint)sequence, Generation = (uint)(sequence >> 32) };
            return true;
        }

        if (!EchoPacket.TryReadAnswer(packet, out whose, out sequence, out var received, out var sent) || whose != token) return false;
        answer = new DatagramAnswer
        {
            Slot = (int)(uint)sequence,
            Generation = (uint)(sequence >> 32),
            ReceivedThere = received,
            SentThere = sent,
            IsBad = !Padding.IsWhole(packet[EchoPacket.HeaderBytes..]),
        };
        return true;
    }

    private static unsafe ushort PortOf(int descriptor)
    {
        var address = stackalloc byte[28];
        uint length = 28;
        return Native.GetName(descriptor, address, &length) == 0 ? (ushort)((address[2] << 8) | address[3]) : (ushort)0;
    }
}
