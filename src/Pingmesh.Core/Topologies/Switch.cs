using System.Net;

namespace Pingmesh.Core.Topologies;

/// <summary>The tiers of switches, from the hosts up (paper, section 2.1).</summary>
public enum SwitchTier
{
    /// <summary>Top of rack: the switch of a pod.</summary>
    Tor = 1,

    /// <summary>Leaf: one of those of a podset.</summary>
    Leaf = 2,

    /// <summary>Spine: one of those of a data center.</summary>
    Spine = 3,

    /// <summary>Border: joins data centers.</summary>
    Border = 4,
}

/// <summary>A switch.</summary>
/// <param name="Name">Name, unique among switches and hosts.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Scope">Path of what it serves: of a ToR its pod, of a leaf its podset, of a spine its data center; empty for a border.</param>
/// <param name="Addresses">Addresses that are no link's, such as that of its loopback interface; may be none.</param>
public sealed record Switch(string Name, SwitchTier Tier, string Scope, IReadOnlyList<IPAddress> Addresses);
