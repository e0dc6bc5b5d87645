namespace Pingmesh.Core.Probes;

/// <summary>How far apart a probe's ends are. The numbers are those of the upload format.</summary>
public enum ProbeClass : byte
{
    /// <summary>Both ends under one top-of-rack switch.</summary>
    IntraPod = 1,

    /// <summary>Two pods of one data center.</summary>
    IntraDc = 2,

    /// <summary>Two data centers.</summary>
    InterDc = 3,

    /// <summary>To a virtual address that a load balancer answers at.</summary>
    Vip = 4,

    /// <summary>To something outside the mesh: a site, a resolver, a time server.</summary>
    External = 5,
}
