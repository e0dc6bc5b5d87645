using Pingmesh.Core.Probes;

namespace Pingmesh.Controller.Agents;

/// <summary>What a controller last saw of a host's agent. Immutable.</summary>
/// <param name="Host">Name of the host.</param>
public sealed record AgentStatus(string Host)
{
    /// <summary>When it last fetched its pinglist; null when it never did.</summary>
    public DateTimeOffset? PinglistFetched { get; init; }

    /// <summary>Entity tag of the pinglist it has.</summary>
    public string? PinglistETag { get; init; }

    /// <summary>When it last uploaded; null when it never did.</summary>
    public DateTimeOffset? Uploaded { get; init; }

    /// <summary>By how much its clock was behind the server's then; negative when it was ahead, null when it did not say.</summary>
    public TimeSpan? ClockBehind { get; init; }

    /// <summary>Epoch of the last upload: drawn anew whenever the agent starts.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Highest sequence number uploaded in that epoch.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The agent's version, as it said; null before the first upload.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Batches this epoch gave up because the agent's spool was full.</summary>
    public ulong LostBatches { get; init; }

    /// <summary>Probes in those batches.</summary>
    public ulong LostProbes { get; init; }

    /// <summary>Start of the last window in which the host marked itself as in trouble, Unix seconds; null before any.</summary>
    public long? NoisyAt { get; init; }

    /// <summary>The trouble of that window.</summary>
    public HostNoise Noise { get; init; }
}
