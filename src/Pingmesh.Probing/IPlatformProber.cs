using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing;

/// <summary>
/// A prober of one of the kinds that are probed now and then and need a whole protocol stack: <c>http</c>, <c>tls</c>,
/// <c>dns</c>, <c>grpc</c>, <c>ntp</c>. It uses the platform's, one new connection a probe. Thread-safe.
/// </summary>
public interface IPlatformProber
{
    /// <summary>The kind.</summary>
    ProbeKind Kind { get; }

    /// <summary>Probes once. Never throws for what the network, the peer or this host does: that is in the report.</summary>
    /// <param name="target">What to probe.</param>
    /// <param name="cancel">Gives the probe up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel);
}

/// <summary>What a platform prober probes.</summary>
public sealed record PlatformTarget
{
    /// <summary>The target's name as the user wrote it (a DNS name, or the address): for TLS, the host header and messages.</summary>
    public required string Name { get; init; }

    /// <summary>Its address, resolved before.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>How long the whole probe may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Address to probe from; null leaves it to the kernel.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>QoS as DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Network namespace to probe in; null for the process's own.</summary>
    public NetworkSpace? Space { get; init; }
}

/// <summary>What came of one probe of a platform prober.</summary>
public sealed record ProbeReport
{
    /// <summary>When it was started, microseconds of Unix time.</summary>
    public required long StartedUnixMicroseconds { get; init; }

    /// <summary>Why it failed, or <see cref="ProbeError.None"/>.</summary>
    public required ProbeError Error { get; init; }

    /// <summary>What went wrong, as a sentence; null when nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>The kind's RTT (see <see cref="ProbeKind"/>), nanoseconds; 0 without one. May be there for a probe that failed by its checks.</summary>
    public long RttNanoseconds { get; init; }

    /// <summary>Source port; 0 when the probe never got one.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The phases that were gone through, in order, such as <c>connect</c>, <c>tls</c>, <c>first-byte</c>, <c>transfer</c>.</summary>
    public IReadOnlyList<ProbePhase> Phases { get; init; } = [];

    /// <summary>What else was learned, such as <c>status</c>, <c>version</c>, <c>certificate_not_after</c>, <c>offset_seconds</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}

/// <summary>One phase of a probe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Nanoseconds">How long it took.</param>
public readonly record struct ProbePhase(string Name, long Nanoseconds);
