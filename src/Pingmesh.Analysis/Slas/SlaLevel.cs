namespace Pingmesh.Analysis.Slas;

/// <summary>What an SLA is asked of.</summary>
public enum SlaLevel
{
    /// <summary>The whole, and each class of probes: four scopes <c>all</c>, <c>intra-pod</c>, <c>intra-dc</c>, <c>inter-dc</c>.</summary>
    All,

    /// <summary>Each data center.</summary>
    Dc,

    /// <summary>Each podset.</summary>
    Podset,

    /// <summary>Each pod.</summary>
    Pod,

    /// <summary>Each host.</summary>
    Host,

    /// <summary>Each service: the probes of its hosts.</summary>
    Service,

    /// <summary>Each ordered pair of pods that was measured.</summary>
    PodPair,

    /// <summary>Each ordered pair of podsets that was measured.</summary>
    PodsetPair,

    /// <summary>Each ordered pair of data centers that was measured.</summary>
    DcPair,
}

/// <summary>As which end of a probe a scope counts.</summary>
public enum SlaSide
{
    /// <summary>Probes that the scope's hosts sent: the paper's SLA (section 4.3).</summary>
    Source,

    /// <summary>Probes that were sent to the scope's hosts.</summary>
    Target,
}
