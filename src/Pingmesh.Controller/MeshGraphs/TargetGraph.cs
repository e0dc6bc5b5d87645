using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Hosts probe listed targets: all hosts of the scope, or some of each pod.</summary>
internal sealed class TargetGraph(MeshGraph settings, Topology members) : Graph(settings, members)
{
    /// <inheritdoc/>
    public override long CompletePeers(Host host) => Probes(host) ? Settings.Targets.Count : 0;

    /// <inheritdoc/>
    public override long MostPeers(Pod pod) => Settings.Targets.Count;

    /// <inheritdoc/>
    public override long PeersOfPod(Pod pod, int most) => (long)SourcesOf(pod) * Math.Min(most, Settings.Targets.Count);

    /// <inheritdoc/>
    public override long UplinkPeersOfPod(Pod pod, int most) => PeersOfPod(pod, most);

    /// <inheritdoc/>
    public override int TurnsToCover(Pod pod, int most) => Thinning.Turns(Settings.Targets.Count, most);

    /// <inheritdoc/>
    public override bool Joins(Pod from, Pod to) => false;

    /// <inheritdoc/>
    public override void AddPeers(PeerList list, Host host, int most, long turn)
    {
        if (!Probes(host)) return;
        foreach (var position in Thinning.Pick(Settings.Targets.Count, most, turn + host.Index)) list.Add(Settings.Targets[position]);
    }

    private int SourcesOf(Pod pod) => Settings.SourcesPerPod == 0 ? pod.Hosts.Count : Math.Min(Settings.SourcesPerPod, pod.Hosts.Count);

    private bool Probes(Host host) => Thinning.Pick(host.Pod.Hosts.Count, SourcesOf(host.Pod), 0).Contains(host.Index);
}
