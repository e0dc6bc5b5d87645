using System.Buffers.Binary;

namespace Pingmesh.Probing.Datagrams;

/// <summary>The checksum of IP, ICMP, UDP and TCP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>The checksum of some bytes, whose own checksum field is 0.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="sum">What is summed up before them, such as a pseudo header.</param>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        sum = Sum(bytes, sum);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The sum of 16-bit words, not folded yet.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (sum >= 0x8000_0000) sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }
}
