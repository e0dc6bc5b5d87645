using System.Buffers.Binary;
using System.Net;

namespace Pingmesh.Core.Measurements;

/// <summary>An IP address as the 128-bit row key of an upload; IPv4 addresses as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2).</summary>
public static class AddressKey
{
    private const int Length = 16;

    /// <summary>The key of an address. The scope id of a link-local address is not part of it.</summary>
    public static UInt128 Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The address of a key, as IPv4 where it is IPv4-mapped.</summary>
    public static IPAddress ToAddress(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
