namespace Pingmesh.Lab.Faults;

/// <summary>The kinds of faults.</summary>
public enum FaultKind
{
    /// <summary>A share of all packets is lost, each by chance.</summary>
    RandomLoss = 1,

    /// <summary>All packets between certain addresses are lost (paper, 5.1: black hole of type 1).</summary>
    BlackholePairs,

    /// <summary>All packets of certain source ports, or of certain five-tuples, are lost (paper, 5.1: type 2).</summary>
    BlackholePorts,

    /// <summary>All packets to a prefix are lost.</summary>
    BlackholePrefix,

    /// <summary>Packets are held up.</summary>
    Latency,

    /// <summary>A link carries less.</summary>
    RateLimit,

    /// <summary>A link is down, and routing goes around it.</summary>
    LinkDown,

    /// <summary>A switch is down, and routing goes around it.</summary>
    SwitchDown,

    /// <summary>A pod, a podset or a spine layer has no power: its switches and hosts are gone.</summary>
    PowerLoss,

    /// <summary>A host answers late.</summary>
    SlowHost,

    /// <summary>A host is gone.</summary>
    HostDown,

    /// <summary>Packets above a size are lost.</summary>
    Mtu,

    /// <summary>A share of the packets of one QoS class is lost.</summary>
    QosLoss,

    /// <summary>A switch sends all up over one link, while the way back is spread over all.</summary>
    Asymmetry,
}
