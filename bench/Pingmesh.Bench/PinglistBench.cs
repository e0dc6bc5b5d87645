using System.Net;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Bench;

/// <summary>One host's pinglist of 100,000 hosts in 5,000 pods, against a walk over all hosts that does nothing but look at each.</summary>
internal static class PinglistBench
{
    public static void Run()
    {
        var builder = new TopologyBuilder();
        for (var pod = 0; pod < 5_000; pod++)
        {
            for (var host = 0; host < 20; host++)
                builder.AddHost($"dc{pod / 2500}", $"ps{pod / 20}", $"pod{pod}", $"h{pod}-{host}", [new IPAddress([10, (byte)(pod >> 8), (byte)pod, (byte)(host + 1)])]);
        }

        var topology = builder.Build();
        foreach (var cap in new[] { 5_000, 2_500 })
        {
            var mesh = new Mesh(topology, MeshSettings.Default with { MaxPeers = cap });
            var peers = 0;
            var (list, worst) = Clock.Time(200, i => peers = mesh.PinglistFor(topology.Hosts[i * 499], i).PeerCount());
            long seen = 0;
            var (walk, _) = Clock.Time(200, _ =>
            {
                foreach (var host in topology.Hosts) seen += host.Pod.Ordinal;
            });
            var service = new PinglistService(() => mesh, TimeProvider.System);
            var (document, _) = Clock.Time(200, i => service.Find(topology.Hosts[i * 499].Name));
            Console.WriteLine(
                $"cap {cap}: {peers} peers in {list.TotalMilliseconds:F2} ms (worst {worst.TotalMilliseconds:F2}); walk over all hosts {walk.TotalMilliseconds:F2} ms; ratio {list / walk:F2}; with JSON and entity tag {document.TotalMilliseconds:F2} ms");
        }
    }
}
