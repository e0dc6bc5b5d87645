using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// A topology with the graphs over it: makes any host's pinglist, at most <see cref="MeshSettings.MaxPeers"/> peers and the same
/// bytes for the same input. What it keeps depends on the number of graphs and of sizes of pods, not on that of hosts.
/// Immutable, thread-safe.
/// </summary>
public sealed class Mesh
{
    // To be raised when the same mesh gives other lists than before.
    private const int ListForm = 1;

    private readonly Graph[] graphs;
    private readonly double uplinkShare;
    private readonly Lazy<string> version;

    /// <summary>The graphs of <paramref name="settings"/> over <paramref name="topology"/>.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="settings">The graphs and caps.</param>
    /// <param name="paused">Scopes that no probe leaves or enters.</param>
    /// <exception cref="ArgumentException">The settings are impossible (see <see cref="MeshSettings.Validate"/>).</exception>
    public Mesh(Topology topology, MeshSettings settings, IReadOnlyList<ScopePattern>? paused = null)
    {
        settings.ThrowIfInvalid();
        Topology = topology;
        Settings = settings;
        Paused = paused ?? [];
        version = new Lazy<string>(MakeVersion);
        graphs = [.. settings.Graphs.Select(graph => Graph.Of(graph, MembersOf(graph.Scope)))];
        uplinkShare = settings.MaxUplinkRate is { } most && MostUplinkRate() is > 0 and var rate ? Math.Min(1, most / rate) : 1;
    }

    /// <summary>The topology.</summary>
    public Topology Topology { get; }

    /// <summary>The graphs and caps.</summary>
    public MeshSettings Settings { get; }

    /// <summary>Scopes that no probe leaves or enters.</summary>
    public IReadOnlyList<ScopePattern> Paused { get; }

    /// <summary>A short hash of everything that lists are made of: equal for equal meshes, on every machine.</summary>
    public string Version => version.Value;

    /// <summary>The graphs.</summary>
    internal IReadOnlyList<Graph> Graphs => graphs;

    /// <summary>The number of the turn at a time: where a cap bites, other peers are listed in the next one.</summary>
    public long TurnAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Settings.Rotation.TotalSeconds;

    /// <summary>The pinglist of a host of the topology.</summary>
    /// <param name="host">The host.</param>
    /// <param name="turn">The turn (see <see cref="TurnAt"/>).</param>
    /// <exception cref="ArgumentException">The host is not of this topology.</exception>
    public Pinglist PinglistFor(Host host, long turn)
    {
        if (!ReferenceEquals(Topology.FindHost(host.Name), host))
            throw new ArgumentException($"host '{host.Name}' is not of this topology", nameof(host));
        string[] addresses = [.. host.Addresses.Select(address => address.ToString())];
        if (IsPaused(host)) return new Pinglist(host.Name, addresses, 0, []) { Paused = true };

        var list = new PeerList(host, Paused.Count == 0 ? _ => false : IsPaused);
        long complete = 0;
        var turns = 1;
        foreach (var (graph, member, most) in AllotmentsOf(host))
        {
            list.Begin(graph.Settings, graphs.Length > 1);
            graph.AddPeers(list, member, most, turn);
            list.End();
            complete += graph.CompletePeers(member);
            if (most < graph.CompletePeers(member)) turns = Math.Max(turns, graph.TurnsToCover(member.Pod, most));
        }

        var groups = list.Groups();
        var omitted = complete - groups.Sum(group => group.Peers.Count);
        return new Pinglist(host.Name, addresses, (int)omitted, groups)
        {
            CoveredWithinS = omitted > list.PassedOver ? (long)(turns * Settings.Rotation.TotalSeconds) : 0,
        };
    }

    /// <summary>Whether a host is within a paused scope.</summary>
    public bool IsPaused(Host host) => Paused.Any(scope => scope.Holds(host));

    /// <summary>
    /// The graphs that a host is in, with the peers it may have in each: all of them, or, where a cap bites, the same share of
    /// each graph's, but at least one.
    /// </summary>
    internal IEnumerable<(Graph Graph, Host Member, int Most)> AllotmentsOf(Host host)
    {
        var inside = new List<(Graph Graph, Host Member, long Peers)>(graphs.Length);
        double peers = 0, rate = 0;
        foreach (var graph in graphs)
        {
            if (graph.Members.FindHost(host.Name) is not { } member) continue;
            var most = graph.MostPeers(member.Pod);
            inside.Add((graph, member, most));
            peers += most;
            rate += most / graph.Settings.Interval.TotalSeconds;
        }

        var share = Math.Min(uplinkShare, Math.Min(Settings.MaxPeers / peers, Settings.MaxHostRate / rate));
        var left = Settings.MaxPeers;
        foreach (var (graph, member, all) in inside)
        {
            // A share that is a whole number of peers must not lose one to rounding.
            var most = share >= 1 ? (int)all : Math.Max(1, (int)Math.Floor((all * share) + 1e-6));
            most = Math.Min(most, left);
            left -= most;
            if (all > 0 && most > 0) yield return (graph, member, most);
        }
    }

    private string MakeVersion()
    {
        var text = $"{Topology.Version}\n{string.Join('\n', Paused)}\n{JsonSerializer.Serialize(Settings)}\n{ListForm}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    /// <summary>The most probes a second, out and in, over the uplinks of any pod when nothing is left out.</summary>
    private double MostUplinkRate() => graphs.Sum(graph => graph.TypicalPods()
        .Select(pod => UplinkRateOf(graph, pod, int.MaxValue)).DefaultIfEmpty(0).Max());

    /// <summary>Probes a second over the uplinks of a pod: those of its hosts, and as many that come in, but for targets, which probe nobody.</summary>
    internal static double UplinkRateOf(Graph graph, Pod pod, int most) =>
        graph.UplinkPeersOfPod(pod, most) / graph.Settings.Interval.TotalSeconds * (graph.Settings.Shape == GraphShape.Targets ? 1 : 2);

    private Topology MembersOf(ScopePattern scope)
    {
        if (scope == ScopePattern.All) return Topology;
        var builder = new TopologyBuilder();
        foreach (var host in Topology.Hosts.Where(scope.Holds))
            builder.AddHost(host.Pod.Podset.Dc.Name, host.Pod.Podset.Name, host.Pod.Name, host.Name, host.Addresses, host.Labels);
        return builder.Build();
    }
}
