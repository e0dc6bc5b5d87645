using System.Text.Json.Serialization;

namespace Pingmesh.Core.Pinglists;

/// <summary>A host's peers with their probe parameters: what the controller hands to an agent.</summary>
/// <param name="Host">The host that probes.</param>
/// <param name="Addresses">The host's own addresses: what it probes from and answers at.</param>
/// <param name="Omitted">
/// Peers left out because of a cap, because they share no address family with the host, because an earlier graph has them or
/// because they are paused; 0 when the list is complete.
/// </param>
/// <param name="Groups">Peers, grouped by what their probes share.</param>
public sealed record Pinglist(string Host, IReadOnlyList<string> Addresses, int Omitted, IReadOnlyList<PinglistGroup> Groups)
{
    /// <summary>Where a cap bites, other peers get their turn by and by: seconds within which each peer of the complete graph has been listed; 0 when no cap bites.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CoveredWithinS { get; init; }

    /// <summary>Whether an operator has paused this host: it is to probe nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Paused { get; init; }

    /// <summary>Peers in all groups.</summary>
    public int PeerCount() => Groups.Sum(group => group.Peers.Count);
}

/// <summary>Peers that are probed alike.</summary>
/// <param name="Kind">Kind of probe, by name (<c>tcp</c>).</param>
/// <param name="Class">Class of probe, by name (<c>intra-pod</c>, <c>intra-dc</c>, <c>inter-dc</c>, <c>vip</c>, <c>external</c>).</param>
/// <param name="Dscp">QoS as DSCP, 0 to 63.</param>
/// <param name="Port">The peers' port, 1 to 65535; of no meaning for <c>icmp</c>.</param>
/// <param name="IntervalMs">Time between two probes of a peer, milliseconds, at least 10,000.</param>
/// <param name="TimeoutMs">How long a probe waits, milliseconds, at most 9,000.</param>
/// <param name="SlowUs">RTT in microseconds from which a probe is kept as evidence for being slow.</param>
/// <param name="Peers">The peers.</param>
public sealed record PinglistGroup(
    string Kind, string Class, byte Dscp, int Port, int IntervalMs, int TimeoutMs, int SlowUs, IReadOnlyList<Peer> Peers)
{
    /// <summary>Bytes of payload, 0 to 65,536: of <c>tcp-payload</c>, <c>icmp</c> and <c>udp</c>; 0 for the kind's default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int PayloadBytes { get; init; }

    /// <summary>First source port to use; 0 leaves the port to the kernel. With <see cref="SourcePortTo"/>, probes sweep the range.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SourcePortFrom { get; init; }

    /// <summary>Last source port to use; 0 leaves the port to the kernel.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SourcePortTo { get; init; }

    /// <summary>Whether packets must not be fragmented (<c>icmp</c>, <c>udp</c>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DontFragment { get; init; }

    /// <summary>Of peers given by name: whether every address is probed, or one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EveryAddress { get; init; }

    /// <summary>What an <c>http</c> probe asks for and expects; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public HttpCheck? Http { get; init; }

    /// <summary>What a <c>tls</c> probe, or an <c>http</c> or <c>grpc</c> probe over TLS, expects; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TlsCheck? Tls { get; init; }

    /// <summary>What a <c>dns</c> probe asks for and expects.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DnsCheck? Dns { get; init; }

    /// <summary>What a <c>grpc</c> probe asks for; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public GrpcCheck? Grpc { get; init; }
}

/// <summary>What a host probes.</summary>
/// <param name="Host">Name of the peer.</param>
/// <param name="Address">Its address, IPv4 or IPv6, as text; or a DNS name.</param>
public sealed record Peer(string Host, string Address);
