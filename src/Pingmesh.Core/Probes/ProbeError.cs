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

    /// <summary>The target's name does not exist (NXDOMAIN).</summary>
    NameNotFound = 10,

    /// <summary>The target's name exists but has no address of the family asked for.</summary>
    NameWithoutAddress = 11,

    /// <summary>A name server answered that it could not resolve the target's name, or refused to.</summary>
    NameServerFailure = 12,

    /// <summary>No name server answered within the time-out.</summary>
    NameServerTimeout = 13,

    /// <summary>A router reported that the packet ran out of hops (ICMP time exceeded).</summary>
    TtlExceeded = 14,

    /// <summary>The packet was too large for a link of the path, or for the interface, and was not to be fragmented.</summary>
    TooLarge = 15,

    /// <summary>Connected, but the answer did not come, or not all of it, within the time-out.</summary>
    AnswerTimeout = 16,

    /// <summary>The peer closed the connection in order before it had answered.</summary>
    Closed = 17,

    /// <summary>The answer breaks the rules of its protocol, or is not the echo of what was sent.</summary>
    BadAnswer = 18,

    /// <summary>The answer's status is none of those wanted: HTTP status, DNS response code, gRPC health, NTP kiss-o'-death.</summary>
    BadStatus = 19,

    /// <summary>The answer's content is not what is wanted: body, header, DNS records.</summary>
    BadContent = 20,

    /// <summary>The TLS handshake failed.</summary>
    TlsFailed = 21,

    /// <summary>The TLS certificate is not trusted, not valid now, or of another name.</summary>
    BadCertificate = 22,
}
