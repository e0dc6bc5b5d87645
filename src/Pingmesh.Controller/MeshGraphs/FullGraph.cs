using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Every host probes every other. Thinned, it is a circulant graph: the same distances for every host, so that each is probed by as many as it probes.</summary>
internal sealed class FullGraph(MeshGraph settings, Topology members) : Graph(settings, members)
{
    private readonly int[] firstOfPod = Firsts(members);

    /// <inheritdoc/>
    public override long CompletePeers(Host host) => Members.Hosts.Count - 1;

    /// <inheritdoc/>
    public override long MostPeers(Pod pod) => Members.Hosts.Count - 1;

    /// <inheritdoc/>
    public override long PeersOfPod(Pod pod, int most) => (long)pod.Hosts.Count * Math.Min(most, Members.Hosts.Count - 1);

    /// <inheritdoc/>
    public override long UplinkPeersOfPod(Pod pod, int most)
    {
        // Of all peers as many are in other pods as of all hosts; rounded up when thinned.
        var all = Members.Hosts.Count - 1;
        return all == 0 ? 0 : (long)pod.Hosts.Count * (((long)Math.Min(most, all) * (Members.Hosts.Count - pod.Hosts.Count)) + all - 1) / all;
    }

    /// <inheritdoc/>
    public override int TurnsToCover(Pod pod, int most) => Thinning.Turns(Members.Hosts.Count - 1, most);

    /// <inheritdoc/>
    public override bool Joins(Pod from, Pod to) => from != to || from.Hosts.Count > 1;

    /// <inheritdoc/>
    public override void AddPeers(PeerList list, Host host, int most, long turn)
    {
        var hosts = Members.Hosts;
        var own = firstOfPod[host.Pod.Ordinal] + host.Index;
        foreach (var distance in Thinning.Pick(hosts.Count - 1, most, turn))
        {
            var peer = hosts[(own + 1 + distance) % hosts.Count];
            list.Add(ClassOf(host, peer), peer);
        }
    }

    /// <summary>How far apart two hosts are.</summary>
    public static ProbeClass ClassOf(Host a, Host b) =>
        a.Pod == b.Pod ? ProbeClass.IntraPod : a.Pod.Podset.Dc == b.Pod.Podset.Dc ? ProbeClass.IntraDc : ProbeClass.InterDc;

    private static int[] Firsts(Topology members)
    {
        var firsts = new int[members.Pods.Count];
        for (var i = 1; i < firsts.Length; i++) firsts[i] = firsts[i - 1] + members.Pods[i - 1].Hosts.Count;
        return firsts;
    }
}
