namespace Pingmesh.Core.Probes;

/// <summary>Why a probe failed. The numbers are those of the upload format.</summary>
public enum ProbeError : byte
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>No answer within the time-out.</summary>
    Timeout = 1,

    /// <summary>The peer answered with RST: the host is up, the port is closed.</summary>
    Refused = 2,

    /// <summary>The connection was reset after it had been established.</summary>
    Reset = 3,

    /// <summary>No route to the peer's network, from here or by a router's ICMP.</summary>
    NetworkUnreachable = 4,

    /// <summary>The peer's host is unreachable, by ARP or ND here or by a router's ICMP.</summary>
    HostUnreachable = 5,

    /// <summary>A packet filter forbids it.</summary>
    Prohibited = 6,

    /// <summary>This host could not use its source address, or has no source port left. Says nothing of the network.</summary>
    SourceUnavailable = 7,

    /// <summary>This host was out of descriptors or memory. Says nothing of the network.</summary>
    LocalResources = 8,

    /// <summary>Anything else the kernel reported.</summary>
    Other = 9,
}
