using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

/// <summary>All pinglists of a topology, looked at as a graph of hosts.</summary>
internal sealed class ProbedPairs
{
    public ProbedPairs(Topology topology, MeshSettings settings, long turn = 0)
    {
        var mesh = new Mesh(topology, settings);
        foreach (var host in topology.Hosts)
        {
            var list = mesh.PinglistFor(host, turn);
            Lists.Add(host, list);
            foreach (var group in list.Groups)
            {
                foreach (var peer in group.Peers) All.Add((host, topology.FindHost(peer.Host)!, group.Class));
            }
        }
    }

    public Dictionary<Host, Pinglist> Lists { get; } = [];

    public List<(Host From, Host To, string Class)> All { get; } = [];

    public ILookup<(Pod From, Pod To), (Host From, Host To)> ByPods() =>
        All.ToLookup(pair => (pair.From.Pod, pair.To.Pod), pair => (pair.From, pair.To));
}
