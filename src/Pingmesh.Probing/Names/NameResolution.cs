using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Names;

/// <summary>What a name stands for.</summary>
public sealed record NameResolution
{
    /// <summary>Its addresses, IPv4 first; none where <see cref="Error"/> says why.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>How long they hold.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>How long it took to find out, nanoseconds.</summary>
    public long Nanoseconds { get; init; }

    /// <summary>Why there are no addresses: one of the <c>name-</c> codes; else <see cref="ProbeError.None"/>.</summary>
    public ProbeError Error { get; init; }

    /// <summary>The reason as a sentence; null without one.</summary>
    public string? Problem { get; init; }
}
