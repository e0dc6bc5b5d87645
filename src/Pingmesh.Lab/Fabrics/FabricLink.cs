using System.Net;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Fabrics;

/// <summary>A link of a fabric.</summary>
/// <param name="lower">The end nearer to the hosts.</param>
/// <param name="upper">The other end.</param>
/// <param name="number">Its number among the links between switches, from 0; -1 of a host's link.</param>
/// <param name="index">Its number among all links, from 0.</param>
public sealed class FabricLink(FabricNode lower, FabricNode upper, int number, int index)
{
    /// <summary>The end nearer to the hosts.</summary>
    public FabricNode Lower => lower;

    /// <summary>The other end.</summary>
    public FabricNode Upper => upper;

    /// <summary>Its number among the links between switches, from 0; -1 of a host's link.</summary>
    public int Number => number;

    /// <summary>Its name: <c>LOWER~UPPER</c>.</summary>
    public string Name => $"{lower.Name}~{upper.Name}";

    /// <summary>Its number among all links, from 0.</summary>
    public int Index => index;

    /// <summary>The hardware address at an end, locally administered.</summary>
    public string MacAt(FabricNode node) => $"02:00:{(index >> 16) & 0xff:x2}:{(index >> 8) & 0xff:x2}:{index & 0xff:x2}:{(node == lower ? 0 : 1):x2}";

    /// <summary>The end across from <paramref name="node"/>.</summary>
    public FabricNode Across(FabricNode node) => node == lower ? upper : lower;

    /// <summary>Name of the interface at an end, at most 15 characters as the kernel has it.</summary>
    public string InterfaceAt(FabricNode node)
    {
        if (node.IsHost) return "eth0";
        var across = Across(node);
        var prefix = across.Tier switch
        {
            // Of dc1-ps1-pod2-h3 a ToR needs only h3, a leaf only pod2 of dc1-ps1-pod2-tor, a spine ps1-leaf2, a border dc1-spine1.
            null => $"h{across.Number}",
            SwitchTier.Tor => across.Name.Split('-')[2],
            SwitchTier.Leaf => node.Tier == SwitchTier.Tor ? across.Name.Split('-')[2] : across.Name[(across.Name.IndexOf('-', StringComparison.Ordinal) + 1)..],
            SwitchTier.Spine => node.Tier == SwitchTier.Leaf ? across.Name.Split('-')[1] : across.Name,
            _ => across.Name,
        };
        return prefix;
    }

    /// <summary>The addresses of the interface at an end: of 172.16.0.0/12 a /31, of fd01::/64 a /127. None of a host's link.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(FabricNode node)
    {
        if (number < 0) return [];
        var own = node == lower ? 0 : 1;
        var ipv4 = 0xAC10_0000u + ((uint)number * 2) + (uint)own;
        Span<byte> ipv6 = stackalloc byte[16];
        ipv6.Clear();
        (ipv6[0], ipv6[1]) = (0xfd, 0x01);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(ipv6[10..], (uint)number);
        ipv6[15] = (byte)own;
        return [PodNetwork.ToAddress(ipv4), new IPAddress(ipv6)];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
