namespace Pingmesh.Analysis.Incidents;

/// <summary>What is wrong.</summary>
public enum IncidentKind
{
    /// <summary>A host does not answer, and its agent is silent or alone.</summary>
    HostDown = 1,

    /// <summary>All hosts of a pod, a podset or a data center are down: power, or the switches that they hang on.</summary>
    ScopeDown,

    /// <summary>Hosts are up and can reach others, but not each other: certain address pairs (paper, 5.1: type 1) or five-tuples (type 2) fail each time.</summary>
    BlackHole,

    /// <summary>Packets are lost by chance at a rate that is significantly above what is usual (paper, 5.2).</summary>
    SilentDrops,

    /// <summary>All traffic between scopes fails, within them it does not: the layer of switches between them.</summary>
    Partition,

    /// <summary>RTTs are significantly above what is usual.</summary>
    Latency,

    /// <summary>One host answers late.</summary>
    SlowHost,

    /// <summary>Handshakes are well, payloads are lost: packets above a size, or transfers.</summary>
    PayloadLoss,

    /// <summary>Handshakes are well, payloads are slow.</summary>
    PayloadLatency,

    /// <summary>Packets of one QoS class are lost, those of others are not.</summary>
    QosLoss,
}
