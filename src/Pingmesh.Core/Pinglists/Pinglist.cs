namespace Pingmesh.Core.Pinglists;

/// <summary>A host's peers with their probe parameters: what the controller hands to an agent.</summary>
/// <param name="Host">The host that probes.</param>
/// <param name="Addresses">The host's own addresses: what it probes from and answers at.</param>
/// <param name="Topology">Version of the topology the list was made from.</param>
/// <param name="Omitted">
/// Peers left out because of the cap on peers per host, or because they share no address family with the host; 0 when the
/// list is complete.
/// </param>
/// <param name="Groups">Peers, grouped by what their probes share.</param>
public sealed record Pinglist(string Host, IReadOnlyList<string> Addresses, string Topology, int Omitted, IReadOnlyList<PinglistGroup> Groups)
{
    /// <summary>Peers in all groups.</summary>
    public int PeerCount() => Groups.Sum(group => group.Peers.Count);
}

/// <summary>Peers that are probed alike.</summary>
/// <param name="Kind">Kind of probe, by name (<c>tcp</c>).</param>
/// <param name="Class">Class of probe, by name (<c>intra-pod</c>, <c>intra-dc</c>, <c>inter-dc</c>).</param>
/// <param name="Dscp">QoS as DSCP, 0 to 63.</param>
/// <param name="Port">The peers' port, 1 to 65535.</param>
/// <param name="IntervalMs">Time between two probes of a peer, milliseconds, at least 10,000.</param>
/// <param name="TimeoutMs">How long a probe waits, milliseconds, at most 9,000.</param>
/// <param name="SlowUs">RTT in microseconds from which a probe is kept as evidence for being slow.</param>
/// <param name="Peers">The peers.</param>
public sealed record PinglistGroup(
    string Kind, string Class, byte Dscp, int Port, int IntervalMs, int TimeoutMs, int SlowUs, IReadOnlyList<Peer> Peers);

/// <summary>What a host probes.</summary>
/// <param name="Host">Name of the peer.</param>
/// <param name="Address">Its address, IPv4 or IPv6, as text.</param>
public sealed record Peer(string Host, string Address);
