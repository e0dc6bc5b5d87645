using System.Net;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Collects one host's peers, graph by graph and by class. The address of a peer is its first one of the family of the host's
/// first address; where it has none, of the host's next address, and so on; a graph may ask for one family only. A peer without
/// a common family cannot be probed and is left out, and so is one that an earlier graph gave for the same kind and QoS.
/// </summary>
internal sealed class PeerList(Host host, Func<Host, bool> isPaused)
{
    private static readonly HttpCheck PlainHttp = new();

    private readonly List<PinglistGroup> groups = [];
    private readonly SortedDictionary<ProbeClass, List<Peer>> peers = [];
    private readonly HashSet<(ProbeKind Kind, byte Dscp, string Address, int Port)> listed = [];
    private MeshGraph graph = MeshGraph.Default;
    private bool mayRepeat;

    /// <summary>Peers that a graph gave, but that cannot be probed or are probed already.</summary>
    public int PassedOver { get; private set; }

    /// <summary>Begins with the peers of a graph.</summary>
    /// <param name="next">The graph.</param>
    /// <param name="mayRepeatOthers">Whether it may give peers that another graph gives, too.</param>
    public void Begin(MeshGraph next, bool mayRepeatOthers)
    {
        graph = next;
        mayRepeat = mayRepeatOthers;
    }

    /// <summary>Adds a peer, if it can be reached.</summary>
    public void Add(ProbeClass probeClass, Host peer)
    {
        if (AddressOf(peer)?.ToString() is { } address && !isPaused(peer) && IsNew(address, graph.Port)) ListOf(probeClass).Add(new Peer(peer.Name, address));
        else PassedOver++;
    }

    /// <summary>Adds a target.</summary>
    public void Add(StaticTarget target)
    {
        var fits = graph.Family is not { } family || !IPAddress.TryParse(target.Address, out var address) || address.AddressFamily == family;
        if (!fits || !IsNew(target.Address, target.Port)) PassedOver++;
        else if (target is { Port: 0, Path: null, Https: false }) ListOf(graph.TargetClass).Add(new Peer(target.Name, target.Address));
        else groups.Add(GroupOf(graph.TargetClass, [new Peer(target.Name, target.Address)], target));
    }

    /// <summary>Ends the peers of the graph.</summary>
    public void End()
    {
        foreach (var (probeClass, list) in peers) groups.Add(GroupOf(probeClass, list, null));
        peers.Clear();
    }

    /// <summary>The groups of all graphs. Targets that are probed alike share one.</summary>
    public IReadOnlyList<PinglistGroup> Groups() =>
        [.. groups.GroupBy(group => group with { Peers = [] }).Select(alike => alike.Count() == 1 ? alike.First() : alike.Key with { Peers = [.. alike.SelectMany(group => group.Peers)] })];

    // Agents keep the shortest time between two probes by address, whatever the port, but for the kinds that speak to a service.
    private bool IsNew(string address, int port) =>
        (!mayRepeat && graph.Shape != GraphShape.Targets) || listed.Add((graph.Kind, graph.Dscp, address, graph.Kind < ProbeKind.Http ? 0 : port));

    private List<Peer> ListOf(ProbeClass probeClass)
    {
        if (!peers.TryGetValue(probeClass, out var list)) peers.Add(probeClass, list = []);
        return list;
    }

    private PinglistGroup GroupOf(ProbeClass probeClass, IReadOnlyList<Peer> list, StaticTarget? target) => new(
        graph.Kind.Name(), probeClass.Name(), graph.Dscp, target is { Port: > 0 } ? target.Port : graph.Port, (int)graph.Interval.TotalMilliseconds,
        (int)graph.Timeout.TotalMilliseconds, (int)graph.SlowThreshold.TotalMicroseconds, list)
    {
        PayloadBytes = graph.PayloadBytes,
        SourcePortFrom = graph.SourcePortFrom,
        SourcePortTo = graph.SourcePortTo,
        DontFragment = graph.DontFragment,
        EveryAddress = graph.EveryAddress,
        Http = target is { Path: not null } or { Https: true }
            ? (graph.Http ?? PlainHttp) with { Path = target.Path ?? graph.Http?.Path ?? "/", Https = target.Https || graph.Http?.Https == true }
            : graph.Http,
        Tls = graph.Tls,
        Dns = graph.Dns,
        Grpc = graph.Grpc,
    };

    private IPAddress? AddressOf(Host peer)
    {
        foreach (var own in host.Addresses)
        {
            if (graph.Family is { } family && own.AddressFamily != family) continue;
            foreach (var address in peer.Addresses)
            {
                if (address.AddressFamily == own.AddressFamily) return address;
            }
        }

        return null;
    }
}
