using System.Buffers.Binary;
using System.Net;

namespace Pingmesh.Lab.Fabrics;

/// <summary>
/// The networks of a pod: an IPv4 /24, an IPv6 /64. In fabrics where the numbers fit, pod 3 of data center 1 is 10.1.3.0/24;
/// in larger ones the /24s are counted through from 10.0.0.0. IPv6 is fd00:DC:POD::/64 always.
/// </summary>
public sealed class PodNetwork
{
    private const int GatewayNumber = 254;

    private readonly uint ipv4;
    private readonly int dc;
    private readonly int podInDc;

    internal PodNetwork(FabricShape shape, int pod, int dc, int podInDc)
    {
        this.dc = dc;
        this.podInDc = podInDc;
        var isSmall = shape.Dcs <= 255 && shape.Podsets * shape.Pods <= 255;
        ipv4 = 0x0A00_0000u + (isSmall ? ((uint)dc << 16) + ((uint)podInDc << 8) : (uint)pod << 8);
    }

    /// <summary>The addresses of its gateway, the ToR.</summary>
    public IReadOnlyList<IPAddress> Gateway => AddressesOf(GatewayNumber);

    /// <summary>The IPv4 network as text, such as <c>10.1.3.0/24</c>.</summary>
    public string Ipv4 => $"{ToAddress(ipv4)}/24";

    /// <summary>The IPv6 network as text, such as <c>fd00:1:3::/64</c>.</summary>
    public string Ipv6 => $"fd00:{dc:x}:{podInDc:x}::/64";

    /// <summary>The addresses of host <paramref name="number"/>, from 1: IPv4, then IPv6.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(int number)
    {
        Span<byte> ipv6 = stackalloc byte[16];
        ipv6.Clear();
        ipv6[0] = 0xfd;
        BinaryPrimitives.WriteUInt16BigEndian(ipv6[2..], (ushort)dc);
        BinaryPrimitives.WriteUInt16BigEndian(ipv6[4..], (ushort)podInDc);
        ipv6[15] = (byte)number;
        return [ToAddress(ipv4 + (uint)number), new IPAddress(ipv6)];
    }

    internal static IPAddress ToAddress(uint ipv4)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, ipv4);
        return new IPAddress(bytes);
    }
}
