using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store;

/// <summary>One probe in full, with both ends resolved: the evidence behind a number.</summary>
public sealed record EvidenceRecord
{
    /// <summary>When the probe was started, microseconds of Unix time.</summary>
    public required long StartedUnixMicroseconds { get; init; }

    /// <summary>Name id of the host that probed.</summary>
    public required int Source { get; init; }

    /// <summary>Name id of the host, or of the bare address, that was probed.</summary>
    public required int Target { get; init; }

    /// <summary>Kind, class and QoS.</summary>
    public required SeriesKey Series { get; init; }

    /// <summary>Source address of the five-tuple; null when the agent did not say.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>Source port of the five-tuple; 0 when the probe never got one.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>Destination address of the five-tuple.</summary>
    public required IPAddress TargetAddress { get; init; }

    /// <summary>Destination port of the five-tuple.</summary>
    public ushort TargetPort { get; init; }

    /// <summary>Why it failed, or <see cref="ProbeError.None"/>.</summary>
    public ProbeError Error { get; init; }

    /// <summary>SYN retransmissions.</summary>
    public byte Retransmissions { get; init; }

    /// <summary>Where the first loss was, if it shows.</summary>
    public LossDirection LossDirection { get; init; }

    /// <summary>RTT in nanoseconds; 0 where there is none.</summary>
    public long RttNanoseconds { get; init; }
}
