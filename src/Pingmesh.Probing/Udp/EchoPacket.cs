using System.Buffers.Binary;

namespace Pingmesh.Probing.Udp;

/// <summary>
/// The datagram of UDP probes, the same length there and back. All numbers big-endian: magic (4 bytes), a request or an
/// answer (4), the sender's token (8), sequence (8), then room for what the responder fills in: when it received the
/// request and when it sent the answer, nanoseconds of Unix time (8 and 8). What follows is padding, echoed as it is.
/// An answer is never answered, so that no two responders can be set at each other.
/// </summary>
public static class EchoPacket
{
    /// <summary>Length of the header, and so the shortest packet, bytes.</summary>
    public const int HeaderBytes = 40;

    /// <summary>The longest packet: what fits into an IPv4 datagram, bytes.</summary>
    public const int MaxBytes = 65_507;

    private const int QuotedBytes = 24;
    private const uint Magic = 0x504D_5348;
    private const uint Request = 1;
    private const uint Answer = 2;

    /// <summary>Writes the header of a request; the padding is left as it is.</summary>
    public static void WriteRequest(Span<byte> packet, ulong token, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Request);
        BinaryPrimitives.WriteUInt64BigEndian(packet[8..], token);
        BinaryPrimitives.WriteUInt64BigEndian(packet[16..], sequence);
        packet[24..HeaderBytes].Clear();
    }

    /// <summary>Whether a datagram is a request that a responder may answer.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> packet) => Is(packet, Request);

    /// <summary>Makes the request in <paramref name="packet"/> the answer to itself.</summary>
    public static void TurnIntoAnswer(Span<byte> packet, long receivedUnixNanoseconds, long sentUnixNanoseconds)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Answer);
        BinaryPrimitives.WriteInt64BigEndian(packet[24..], receivedUnixNanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(packet[32..], sentUnixNanoseconds);
    }

    /// <summary>Reads an answer; false when the datagram is none.</summary>
    public static bool TryReadAnswer(
        ReadOnlySpan<byte> packet, out ulong token, out ulong sequence, out long receivedUnixNanoseconds, out long sentUnixNanoseconds)
    {
        token = sequence = 0;
        receivedUnixNanoseconds = sentUnixNanoseconds = 0;
        if (!Is(packet, Answer)) return false;
        token = BinaryPrimitives.ReadUInt64BigEndian(packet[8..]);
        sequence = BinaryPrimitives.ReadUInt64BigEndian(packet[16..]);
        receivedUnixNanoseconds = BinaryPrimitives.ReadInt64BigEndian(packet[24..]);
        sentUnixNanoseconds = BinaryPrimitives.ReadInt64BigEndian(packet[32..]);
        return true;
    }

    /// <summary>Reads the start of a request, as an ICMP error quotes it; false when it is none, or cut off too early.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> packet, out ulong token, out ulong sequence)
    {
        token = sequence = 0;
        if (packet.Length < QuotedBytes || BinaryPrimitives.ReadUInt32BigEndian(packet) != Magic || BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) != Request)
            return false;
        token = BinaryPrimitives.ReadUInt64BigEndian(packet[8..]);
        sequence = BinaryPrimitives.ReadUInt64BigEndian(packet[16..]);
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> packet, uint kind) =>
        packet.Length is >= HeaderBytes and <= MaxBytes
        && BinaryPrimitives.ReadUInt32BigEndian(packet) == Magic
        && BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) == kind;
}
