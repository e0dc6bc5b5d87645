using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing;

/// <summary>An address and a port in the form the kernel takes (struct sockaddr_in or sockaddr_in6), made once for many probes.</summary>
public readonly struct ProbeTarget
{
    private const int Ipv4Length = 16;
    private const int Ipv6Length = 28;

    private readonly Bytes bytes;

    private ProbeTarget(Bytes bytes, int length)
    {
        this.bytes = bytes;
        Length = length;
    }

    /// <summary>Whether the address is an IPv6 one.</summary>
    public bool IsIPv6 => Length == Ipv6Length;

    internal int Length { get; }

    /// <summary>Makes a target.</summary>
    /// <param name="address">IPv4 or IPv6; an IPv4-mapped IPv6 address counts as IPv4.</param>
    /// <param name="port">0 to 65535.</param>
    public static ProbeTarget Create(IPAddress address, int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = default(Bytes);
        Span<byte> span = bytes;
        var ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(span, (ushort)(ipv6 ? Native.AfInet6 : Native.AfInet));
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)port);
        address.TryWriteBytes(span[(ipv6 ? 8 : 4)..], out _);
        if (ipv6) BitConverter.TryWriteBytes(span[24..], (uint)address.ScopeId);
        return new ProbeTarget(bytes, ipv6 ? Ipv6Length : Ipv4Length);
    }

    [UnscopedRef]
    internal ref readonly byte First => ref Unsafe.As<Bytes, byte>(ref Unsafe.AsRef(in bytes));

    /// <summary>Whether an address in the kernel's form has the same family and IP address.</summary>
    internal bool HasAddress(ReadOnlySpan<byte> address)
    {
        ReadOnlySpan<byte> own = bytes;
        var (from, length) = IsIPv6 ? (8, 16) : (4, 4);
        return address.Length >= from + length && own[..2].SequenceEqual(address[..2]) && own.Slice(from, length).SequenceEqual(address.Slice(from, length));
    }

    [InlineArray(Ipv6Length)]
    private struct Bytes
    {
        private byte first;
    }
}
