using System.Net;

namespace Pingmesh.Probing;

/// <summary>Settings that probers share.</summary>
public sealed record ProberOptions
{
    /// <summary>Source address of IPv4 probes; null leaves it to the kernel.</summary>
    public IPAddress? SourceIPv4 { get; init; }

    /// <summary>Source address of IPv6 probes; null leaves it to the kernel.</summary>
    public IPAddress? SourceIPv6 { get; init; }

    /// <summary>Most probes under way, and so most descriptors, at once; further ones fail as <c>local-resources</c>.</summary>
    public int MaxPending { get; init; } = 10_000;
}
