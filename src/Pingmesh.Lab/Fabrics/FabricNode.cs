using System.Net;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Lab.Fabrics;

/// <summary>A switch or a host of a fabric.</summary>
/// <param name="name">Its name.</param>
/// <param name="tier">Its tier; null of a host.</param>
/// <param name="scope">What it serves (see <see cref="Switch.Scope"/>); of a host its pod.</param>
/// <param name="network">The network of its pod; null of switches above the ToR.</param>
public sealed class FabricNode(string name, SwitchTier? tier, string scope, PodNetwork? network)
{
    /// <summary>Name.</summary>
    public string Name => name;

    /// <summary>Tier; null of a host.</summary>
    public SwitchTier? Tier => tier;

    /// <summary>Whether it is a host.</summary>
    public bool IsHost => tier is null;

    /// <summary>Path of what it serves; of a host its pod.</summary>
    public string Scope => scope;

    /// <summary>The network of its pod; null of switches above the ToR.</summary>
    public PodNetwork? Network => network;

    /// <summary>Its number in its pod, from 1; hosts only.</summary>
    public int Number { get; init; }

    /// <summary>Its position among the hosts of the fabric, from 0; hosts only.</summary>
    public int Index { get; init; }

    /// <summary>Its own addresses: a host's two, a ToR's two as the gateway of its pod, none of others.</summary>
    public IReadOnlyList<IPAddress> Addresses => network is null ? [] : IsHost ? network.AddressesOf(Number) : network.Gateway;

    /// <summary>Its links.</summary>
    public List<FabricLink> Links { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => name;
}
