using System.Net;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Collects one host's peers by class. The address of a peer is its first one of the family of the host's first address; where
/// it has none, of the host's next address, and so on. A peer without a common family cannot be probed and is left out.
/// </summary>
internal sealed class PeerList(Host host)
{
    private readonly SortedDictionary<ProbeClass, List<Peer>> peers = [];

    /// <summary>Adds a peer, if it can be reached.</summary>
    public void Add(ProbeClass probeClass, Host peer)
    {
        if (AddressOf(peer) is not { } address) return;
        if (!peers.TryGetValue(probeClass, out var list)) peers.Add(probeClass, list = []);
        list.Add(new Peer(peer.Name, address.ToString()));
    }

    /// <summary>The pinglist of the peers added.</summary>
    /// <param name="topology">Version of the topology.</param>
    /// <param name="settings">How to probe.</param>
    /// <param name="complete">How many peers the complete graph has.</param>
    public Pinglist ToPinglist(string topology, MeshSettings settings, long complete)
    {
        PinglistGroup[] groups = [.. peers.Select(entry => new PinglistGroup(
            ProbeKind.Tcp.Name(), entry.Key.Name(), settings.Dscp, settings.Port, (int)settings.Interval.TotalMilliseconds,
            (int)settings.Timeout.TotalMilliseconds, (int)settings.SlowThreshold.TotalMicroseconds, entry.Value))];
        string[] addresses = [.. host.Addresses.Select(address => address.ToString())];
        return new Pinglist(host.Name, addresses, topology, (int)(complete - groups.Sum(group => group.Peers.Count)), groups);
    }

    private IPAddress? AddressOf(Host peer)
    {
        foreach (var own in host.Addresses)
        {
            foreach (var address in peer.Addresses)
            {
                if (address.AddressFamily == own.AddressFamily) return address;
            }
        }

        return null;
    }
}
