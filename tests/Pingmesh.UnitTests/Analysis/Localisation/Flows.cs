using System.Net;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;
using Host = Pingmesh.Core.Topologies.Host;

namespace Pingmesh.UnitTests.Analysis.Localisation;

/// <summary>Flows through a fabric of 2 podsets x 3 pods x 4 hosts with 3 leaves each and 4 spines, on ways that a test draws.</summary>
internal sealed class Flows
{
    private readonly Random random;
    private readonly bool hasNames;

    public Flows(int seed = 1, bool hasNames = true)
    {
        random = new Random(seed);
        this.hasNames = hasNames;
        Topology = new Fabric(new FabricShape { Podsets = 2, Pods = 3, Leaves = 3, Spines = 4, Hosts = 4 }).ToTopology();
        Fleet = new Fleet(Topology);
        Graph = new FabricGraph(hasNames ? Topology.Wiring : Wiring.None);
    }

    public Topology Topology { get; }

    public Fleet Fleet { get; }

    public FabricGraph Graph { get; }

    public int Host(string name) => Fleet.Find(name);

    /// <summary>The address that a switch answers a trace with when the packet came from a node.</summary>
    public IPAddress AddressOf(string node, string from) =>
        (Topology.Wiring.Links.FirstOrDefault(link => link.EndAt(node) is not null && link.EndAt(from) is not null)?.EndAt(node)?.Addresses
            ?? Topology.Wiring.FindSwitch(node)?.Addresses
            ?? Topology.FindHost(node)!.Addresses)[0];

    /// <summary>A way between hosts of two podsets, as names of nodes.</summary>
    public List<string> Way(int source, int target)
    {
        var (from, to) = (Fleet.Hosts[source], Fleet.Hosts[target]);
        return
        [
            from.Name, TorOf(from), $"{PodsetOf(from)}-leaf{random.Next(1, 4)}", $"dc1-spine{random.Next(1, 5)}", $"{PodsetOf(to)}-leaf{random.Next(1, 4)}", TorOf(to), to.Name,
        ];
    }

    /// <summary>Two hosts of different podsets.</summary>
    public (int Source, int Target) Pair()
    {
        var hosts = Fleet.Hosts.Count;
        var source = random.Next(hosts / 2);
        var target = (hosts / 2) + random.Next(hosts / 2);
        return random.Next(2) == 0 ? (source, target) : (target, source);
    }

    public bool Chance(double share) => random.NextDouble() < share;

    public FlowSample Sample(int source, int target, ProbeError error = ProbeError.None, byte retransmissions = 0, ushort? port = null, LossDirection direction = LossDirection.Unknown, long at = SeenAt, ProbeKind kind = ProbeKind.Tcp) =>
        new(at, new SeriesKey(kind, ProbeClass.IntraDc, 0), source, target, port ?? (ushort)random.Next(32_768, 60_999), 58_100, Fleet.Hosts[target].Addresses[0], error, retransmissions, direction, error == ProbeError.None && retransmissions == 0 ? 300_000 : 0);

    public const long SeenAt = Detection.SeenProbes.Start * 1_000_000;

    /// <summary>What a trace sees of a way: nothing from the node at which it breaks off on.</summary>
    public PathSeen? Trace(IReadOnlyList<string> way, int? brokenAt = null, params int[] silent)
    {
        var hops = new List<TracedHop>();
        for (var i = 1; i < way.Count; i++)
        {
            var answers = (brokenAt is null || i < brokenAt) && !silent.Contains(i);
            hops.Add(new TracedHop(i, 3, answers ? 3 : 0, answers ? [AddressOf(way[i], way[i - 1])] : [], 0));
        }

        return PathSeen.Of(new TracedFlow(40_000, brokenAt is null, hops), Topology.FindHost(way[0])!, Topology.FindHost(way[^1])!, Graph);
    }

    /// <summary>A flow that crosses something that loses all packets: its trace breaks off before it.</summary>
    public FlowSeen Lost(int source, int target, Func<IReadOnlyList<string>, int?> breaksAt)
    {
        var (there, back) = (Way(source, target), Way(target, source));
        var (brokenThere, brokenBack) = (breaksAt(there), breaksAt(back));
        var isBad = brokenThere is not null || brokenBack is not null;
        return new FlowSeen(Sample(source, target, isBad ? ProbeError.Timeout : ProbeError.None), isBad, Trace(there, brokenThere), Trace(back, brokenBack));
    }

    /// <summary>The node at which a way would go over a link, in either direction.</summary>
    public static int? Over(IReadOnlyList<string> way, string a, string b)
    {
        for (var i = 1; i < way.Count; i++)
        {
            if ((way[i - 1], way[i]) == (a, b) || (way[i - 1], way[i]) == (b, a)) return i;
        }

        return null;
    }

    /// <summary>Where a node is on a way.</summary>
    public static int? Of(IReadOnlyList<string> way, string node) => way.ToList().IndexOf(node) is >= 0 and var at ? at : null;

    /// <summary>What a node is known as: its name, or without names the address that it answers with.</summary>
    public string Known(string node, string from) => hasNames ? node : AddressOf(node, from).ToString();

    private static string TorOf(Host host) => host.Pod.Path.Replace('/', '-') + "-tor";

    private static string PodsetOf(Host host) => host.Pod.Podset.Path.Replace('/', '-');
}
