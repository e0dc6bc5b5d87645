using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>A graph over the hosts of its scope. It answers for one host or pod at a time, and is thinned to the peers a host may have.</summary>
internal abstract class Graph(MeshGraph settings, Topology members)
{
    /// <summary>What it was made from.</summary>
    public MeshGraph Settings { get; } = settings;

    /// <summary>The hosts of its scope.</summary>
    public Topology Members { get; } = members;

    /// <summary>The graph of a shape.</summary>
    public static Graph Of(MeshGraph settings, Topology members) => settings.Shape switch
    {
        GraphShape.ThreeLevels => new ThreeLevelGraph(settings, members),
        GraphShape.Full => new FullGraph(settings, members),
        GraphShape.Regions => new RegionGraph(settings, members),
        GraphShape.Targets => new TargetGraph(settings, members),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Shape, "no such shape"),
    };

    /// <summary>Peers of a host when nothing is left out.</summary>
    public abstract long CompletePeers(Host host);

    /// <summary>Most peers of any host of a pod when nothing is left out.</summary>
    public abstract long MostPeers(Pod pod);

    /// <summary>Peers of all hosts of a pod together, when none has more than <paramref name="most"/>.</summary>
    public abstract long PeersOfPod(Pod pod, int most);

    /// <summary>Those of <see cref="PeersOfPod"/> that are not in the pod itself, so that their probes cross its uplinks.</summary>
    public abstract long UplinkPeersOfPod(Pod pod, int most);

    /// <summary>Turns until every peer of the complete graph has had its own, when no host of the pod has more than <paramref name="most"/> at a time.</summary>
    public abstract int TurnsToCover(Pod pod, int most);

    /// <summary>Whether the complete graph has a host of one pod probe one of another, or of its own. Both are of <see cref="Members"/>.</summary>
    public abstract bool Joins(Pod from, Pod to);

    /// <summary>Adds a host's peers to its list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="host">The host, of <see cref="Members"/>.</param>
    /// <param name="most">Most peers; the same for all hosts of a pod.</param>
    /// <param name="turn">Number of the turn: which of the peers that do not all fit are on the list.</param>
    public abstract void AddPeers(PeerList list, Host host, int most, long turn);

    /// <summary>Pods that stand for all others: one of each size in each data center.</summary>
    public virtual IEnumerable<Pod> TypicalPods() => Members.Pods.DistinctBy(pod => (pod.Podset.Dc, pod.Hosts.Count));
}
