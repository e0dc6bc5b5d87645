using System.Buffers.Binary;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Responders;

/// <summary>What counts as one source for limits: an IPv4 address, or an IPv6 /64, which one host can fill at will.</summary>
internal static class SourceKey
{
    /// <summary>The key of a struct sockaddr_in or sockaddr_in6.</summary>
    public static ulong Of(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8) return 0;
        return BitConverter.ToUInt16(address) == Native.AfInet || address.Length < 24
            ? BinaryPrimitives.ReadUInt32BigEndian(address[4..])
            : BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
    }
}
