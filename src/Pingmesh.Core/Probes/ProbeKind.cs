namespace Pingmesh.Core.Probes;

/// <summary>What a probe does. The numbers are those of the upload format.</summary>
public enum ProbeKind : byte
{
    /// <summary>TCP connect; RTT is the kernel's time from SYN to SYN-ACK.</summary>
    Tcp = 1,

    /// <summary>TCP connect, then a payload that is echoed; RTT is the time from the first byte sent to the last byte back.</summary>
    TcpPayload = 2,

    /// <summary>ICMP or ICMPv6 echo.</summary>
    Icmp = 3,

    /// <summary>UDP echo by the peer's responder; RTT is without the time the responder took.</summary>
    Udp = 4,

    /// <summary>HTTP or HTTPS request; RTT is the time from connecting to the last byte of the answer.</summary>
    Http = 5,

    /// <summary>TLS handshake; RTT is the time of the handshake, without that of the connect.</summary>
    Tls = 6,

    /// <summary>DNS query; RTT is the time from query to answer.</summary>
    Dns = 7,

    /// <summary>gRPC health check; RTT is the time from connecting to the answer.</summary>
    Grpc = 8,

    /// <summary>NTP query; RTT is the round-trip delay of RFC 5905, without the time the server took.</summary>
    Ntp = 9,
}
