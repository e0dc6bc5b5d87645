using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Some hosts of each region probe as many hosts of every other region. A region is a data center, or all hosts that bear the
/// same value of a label; hosts without the label take no part. The hosts are taken evenly from all of a region's.
/// </summary>
internal sealed class RegionGraph : Graph
{
    private readonly List<Host[]> regions;
    private readonly Dictionary<Host, int> regionOf = [];
    private readonly int peers;

    public RegionGraph(MeshGraph settings, Topology members)
        : base(settings, members)
    {
        regions = [.. members.Hosts.GroupBy(RegionNameOf).Where(region => region.Key is not null).Select(region => Selected([.. region]))];
        for (var i = 0; i < regions.Count; i++)
        {
            foreach (var host in regions[i]) regionOf.Add(host, i);
        }

        peers = regions.Sum(region => region.Length);
    }

    /// <inheritdoc/>
    public override long CompletePeers(Host host) => regionOf.TryGetValue(host, out var region) ? peers - regions[region].Length : 0;

    /// <inheritdoc/>
    public override long MostPeers(Pod pod) => pod.Hosts.Max(CompletePeers);

    /// <inheritdoc/>
    public override long PeersOfPod(Pod pod, int most) => pod.Hosts.Sum(host => Math.Min(most, CompletePeers(host)));

    /// <inheritdoc/>
    public override long UplinkPeersOfPod(Pod pod, int most) => PeersOfPod(pod, most);

    /// <inheritdoc/>
    public override int TurnsToCover(Pod pod, int most) => Thinning.Turns(MostPeers(pod), most);

    /// <inheritdoc/>
    public override IEnumerable<Pod> TypicalPods() => regionOf.Keys.Select(host => host.Pod).Distinct();

    /// <inheritdoc/>
    public override bool Joins(Pod from, Pod to) =>
        RegionsOf(from).Any(region => RegionsOf(to).Any(other => other != region));

    /// <inheritdoc/>
    public override void AddPeers(PeerList list, Host host, int most, long turn)
    {
        if (!regionOf.TryGetValue(host, out var own)) return;

        // From the own region on, so that under a cap the sources differ in what they leave out.
        var others = Enumerable.Range(1, regions.Count - 1).SelectMany(step => regions[(own + step) % regions.Count]).ToList();
        foreach (var position in Thinning.Pick(others.Count, most, turn + Array.IndexOf(regions[own], host)))
            list.Add(FullGraph.ClassOf(host, others[position]), others[position]);
    }

    private IEnumerable<int> RegionsOf(Pod pod) => pod.Hosts.Where(regionOf.ContainsKey).Select(host => regionOf[host]);

    private string? RegionNameOf(Host host) =>
        Settings.RegionLabel is { } label ? host.Labels.GetValueOrDefault(label) : host.Pod.Podset.Dc.Name;

    private Host[] Selected(List<Host> hosts) => [.. Thinning.Pick(hosts.Count, Settings.RegionHosts, 0).Select(position => hosts[position])];
}
