using System.Net;
using System.Net.Sockets;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.UnitTests.Core;

namespace Pingmesh.UnitTests.Controller;

public class MeshTests
{
    private static readonly StaticTarget Site = new("site", "example.com");

    public static TheoryData<GraphShape> MeshShapes => [GraphShape.ThreeLevels, GraphShape.Full, GraphShape.Regions];

    [Theory]
    [MemberData(nameof(MeshShapes))]
    public void Under_a_cap_every_host_pair_has_its_turn_within_the_time_the_list_states(GraphShape shape) =>
        Property.Holds(RandomTopologies.Any, given =>
        {
            var topology = given.Build();
            var settings = new MeshSettings { MaxPeers = Math.Min(given.Settings.MaxPeers, 60), Graphs = [new MeshGraph { Shape = shape, RegionHosts = 3 }] };
            var mesh = new Mesh(topology, settings);
            foreach (var from in topology.Hosts.Where((_, i) => i % 7 == 0))
            {
                var first = mesh.PinglistFor(from, 5);
                var turns = Math.Max(1, first.CoveredWithinS / (long)settings.Rotation.TotalSeconds);
                var met = new HashSet<string>();
                for (var turn = 5; turn < 5 + turns; turn++)
                {
                    var peers = Peers(mesh.PinglistFor(from, turn));
                    Assert.True(peers.Count <= settings.MaxPeers);
                    met.UnionWith(peers.Select(peer => peer.Host));
                }

                Assert.Equal(first.Omitted > 0, first.CoveredWithinS > 0);
                if (shape == GraphShape.Full) Assert.Equal(topology.Hosts.Count - 1, met.Count);
                if (shape == GraphShape.Regions) Assert.Equal(first.Omitted + Peers(first).Count, met.Count);
                if (shape == GraphShape.ThreeLevels) Assert.Superset(from.Pod.Hosts.Select(host => host.Name).Where(name => name != from.Name).ToHashSet(), met);
            }
        }, 60);

    [Fact]
    public void Three_levels_under_a_cap_cover_every_pod_pair_and_every_host_of_both_ends_within_the_stated_time() =>
        Property.Holds(RandomTopologies.Any, given =>
        {
            var topology = given.Build();
            var settings = given.Settings with { MaxPeers = Math.Min(given.Settings.MaxPeers, 12) };
            var mesh = new Mesh(topology, settings);
            var from = topology.Pods[0];
            var turns = from.Hosts.Max(host => mesh.PinglistFor(host, 0).CoveredWithinS) / (long)settings.Rotation.TotalSeconds;
            var met = Enumerable.Range(0, (int)Math.Max(1, turns))
                .SelectMany(turn => from.Hosts.SelectMany(host => Peers(mesh.PinglistFor(host, turn)).Select(peer => (From: host, To: topology.FindHost(peer.Host)!))))
                .Where(pair => pair.To.Pod != from)
                .ToLookup(pair => pair.To.Pod);
            foreach (var to in topology.Pods.Where(pod => pod != from))
            {
                Assert.NotEmpty(met[to]);
                if (to.Podset.Dc != from.Podset.Dc) continue;
                Assert.Equal(from.Hosts.Count, met[to].Select(pair => pair.From).Distinct().Count());
                Assert.Equal(to.Hosts.Count, met[to].Select(pair => pair.To).Distinct().Count());
            }
        }, 100);

    [Fact]
    public void Lists_do_not_change_with_time_where_no_cap_bites() =>
        Property.Holds(RandomTopologies.WithoutCap, given =>
        {
            var topology = given.Build();
            var mesh = new Mesh(topology, given.Settings);
            foreach (var host in topology.Hosts) Assert.Equal(PinglistJson.Write(mesh.PinglistFor(host, 1)), PinglistJson.Write(mesh.PinglistFor(host, 977)));
        }, 50);

    [Fact]
    public void Full_mesh_probes_every_other_host_with_the_class_of_its_distance()
    {
        var topology = new TopologyShape([[[2, 2]], [[3]]], MeshSettings.Default).Build();
        var pairs = new ProbedPairs(topology, Of(new MeshGraph { Shape = GraphShape.Full }));
        Assert.Equal(7 * 6, pairs.All.Count);
        Assert.Equal(2 + 2 + 6, pairs.All.Count(pair => pair.Class == "intra-pod"));
        Assert.Equal(8, pairs.All.Count(pair => pair.Class == "intra-dc"));
        Assert.Equal(24, pairs.All.Count(pair => pair.Class == "inter-dc"));
    }

    [Fact]
    public void Full_mesh_under_a_cap_probes_every_host_as_often_as_any_other()
    {
        var topology = new TopologyShape([[[7, 5], [9]], [[4]]], MeshSettings.Default).Build();
        var pairs = new ProbedPairs(topology, Of(new MeshGraph { Shape = GraphShape.Full }) with { MaxPeers = 6 }, turn: 3);
        Assert.All(pairs.All.CountBy(pair => pair.To), entry => Assert.Equal(6, entry.Value));
        Assert.Equal(25, pairs.All.Select(pair => pair.To).Distinct().Count());
    }

    [Fact]
    public void Region_mesh_joins_some_hosts_of_each_region_with_those_of_every_other()
    {
        var builder = new TopologyBuilder();
        for (var i = 0; i < 12; i++)
        {
            var labels = new Dictionary<string, string>();
            if (i < 9) labels["region"] = $"r{i / 3}";
            builder.AddHost("dc", "ps", $"pod{i % 2}", $"h{i}", [new IPAddress([10, 0, 0, (byte)(i + 1)])], labels);
        }

        var topology = builder.Build();
        var pairs = new ProbedPairs(topology, Of(new MeshGraph { Shape = GraphShape.Regions, RegionLabel = "region", RegionHosts = 2 })).All;
        Assert.Equal(3 * 2 * 4, pairs.Count);
        Assert.All(pairs, pair => Assert.NotEqual(pair.From.Labels["region"], pair.To.Labels["region"]));
        Assert.Equal(6, pairs.GroupBy(pair => (pair.From.Labels["region"], pair.To.Labels["region"])).Count(group => group.Count() == 4));
    }

    [Fact]
    public void Targets_are_probed_by_the_hosts_of_their_scope_each_in_its_own_way()
    {
        var topology = new TopologyShape([[[4, 2]], [[1]]], MeshSettings.Default).Build();
        var graph = new MeshGraph
        {
            Name = "sites", Shape = GraphShape.Targets, Kind = ProbeKind.Http, Port = 0, Scope = ScopePattern.Parse("dc1/*/pod1"), SourcesPerPod = 2,
            Targets = [Site, new StaticTarget("api", "10.9.9.9", 8443, "/v1/health", Https: true), new StaticTarget("other", "example.net")],
        };
        var mesh = new Mesh(topology, Of(graph));
        var lists = topology.Hosts.Select(host => mesh.PinglistFor(host, 0)).ToList();
        Assert.Equal([3, 0, 3, 0, 0, 0, 0], lists.Select(list => list.PeerCount()));
        Assert.All(lists, list => Assert.Equal(0, list.Omitted));
        var own = lists[0].Groups.Single(group => group.Port == 8443);
        Assert.Equal(("/v1/health", true, "api", "external"), (own.Http!.Path, own.Http.Https, own.Peers.Single().Host, own.Class));
        Assert.Equal(["site", "other"], lists[0].Groups.Single(group => group.Port == 0).Peers.Select(peer => peer.Host));
    }

    [Fact]
    public void Graphs_stand_side_by_side_and_none_gives_a_peer_twice_for_the_same_kind_and_qos()
    {
        var topology = new TopologyShape([[[2, 2]]], MeshSettings.Default).Build();
        var mesh = new Mesh(topology, new MeshSettings
        {
            Graphs =
            [
                new MeshGraph { Name = "a" },
                new MeshGraph { Name = "low", Dscp = 8, Port = 58102, Interval = TimeSpan.FromSeconds(60) },
                new MeshGraph { Name = "pings", Kind = ProbeKind.Icmp, Shape = GraphShape.Full },
                new MeshGraph { Name = "again", Shape = GraphShape.Full },
            ],
        });
        var list = mesh.PinglistFor(topology.Hosts[0], 0);
        // What is probed alike stands together, whichever graph it came from.
        Assert.Equal([("tcp", (byte)0, 3), ("tcp", (byte)8, 2), ("icmp", (byte)0, 3)], Sections(list));
        Assert.Equal(2, list.Omitted);
        Assert.Equal(0, list.CoveredWithinS);
    }

    [Fact]
    public void What_agents_take_for_one_target_is_listed_once_whatever_its_port()
    {
        var topology = new TopologyShape([[[2]]], MeshSettings.Default).Build();
        var mesh = new Mesh(topology, new MeshSettings
        {
            Graphs =
            [
                new MeshGraph { Name = "a" },
                new MeshGraph { Name = "b", Port = 58102 },
                new MeshGraph { Name = "c", Shape = GraphShape.Targets, Port = 0, Targets = [new StaticTarget("h2", "10.0.0.1", 443), new StaticTarget("x", "10.9.9.9", 443)] },
                new MeshGraph { Name = "d", Shape = GraphShape.Targets, Kind = ProbeKind.Tls, Port = 0, Targets = [new StaticTarget("x", "10.9.9.9", 443), new StaticTarget("y", "10.9.9.9", 8443)] },
            ],
        });
        var list = mesh.PinglistFor(topology.Hosts[0], 0);
        Assert.Equal(
            ["tcp h-1-1-1-2", "tcp x", "tls x", "tls y"], list.Groups.SelectMany(group => group.Peers.Select(peer => $"{group.Kind} {peer.Host}")).Order());
        Assert.Equal(2, list.Omitted);
        Assert.NotNull(Pingmesh.Agent.Schedule.ProbePlan.From(list, []));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.2")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::2")]
    public void Graph_of_one_family_probes_addresses_of_that_family(AddressFamily family, string address)
    {
        var builder = new TopologyBuilder();
        for (var i = 1; i <= 2; i++) builder.AddHost("dc", "ps", "pod", $"h{i}", [IPAddress.Parse($"10.0.0.{i}"), IPAddress.Parse($"fd00::{i}")]);
        var topology = builder.Build();
        var list = new Mesh(topology, Of(new MeshGraph { Family = family })).PinglistFor(topology.Hosts[0], 0);
        Assert.Equal(address, list.Groups.Single().Peers.Single().Address);
    }

    [Fact]
    public void Cap_over_all_graphs_leaves_each_the_same_share()
    {
        var topology = new TopologyShape([[[.. Enumerable.Repeat(10, 10)]]], MeshSettings.Default).Build();
        var graphs = new[] { new MeshGraph { Name = "a", Shape = GraphShape.Full }, new MeshGraph { Name = "b", Shape = GraphShape.Full, Kind = ProbeKind.Udp } };
        var byPeers = new Mesh(topology, new MeshSettings { Graphs = graphs, MaxPeers = 99 }).PinglistFor(topology.Hosts[0], 0);
        Assert.Equal([49, 49], Sections(byPeers).Select(section => section.Peers));
        var byRate = new Mesh(topology, new MeshSettings { Graphs = graphs, MaxHostRate = 5 }).PinglistFor(topology.Hosts[0], 0);
        Assert.Equal([25, 25], Sections(byRate).Select(section => section.Peers));
    }

    [Fact]
    public void Cap_on_uplinks_holds_for_every_pod_out_and_in_together() =>
        Property.Holds(RandomTopologies.WithoutCap, given =>
        {
            var topology = given.Build();
            var settings = given.Settings with { MaxUplinkRate = 1.5 };
            var pairs = new ProbedPairs(topology, settings).All.Where(pair => pair.From.Pod != pair.To.Pod).ToList();
            foreach (var pod in topology.Pods)
            {
                // One peer a host is the least that a cap leaves.
                var least = (pod.Hosts.Count + topology.Hosts.Count) / 10.0;
                var rate = pairs.Count(pair => pair.From.Pod == pod || pair.To.Pod == pod) / 10.0;
                Assert.True(rate <= Math.Max(1.5, least), $"{pod.Path}: {rate}");
            }
        }, 60);

    [Theory]
    [InlineData("dc1/ps1/pod1", 4)]
    [InlineData("dc1", 4 + 2)]
    [InlineData("dc1/*/*/h-1-1-1-2", 1)]
    [InlineData("dc9", 0)]
    public void No_probe_leaves_or_enters_a_paused_scope(string scope, int paused)
    {
        var topology = new TopologyShape([[[4, 2]], [[3]]], MeshSettings.Default).Build();
        var mesh = new Mesh(topology, MeshSettings.Default, [ScopePattern.Parse(scope)]);
        var lists = topology.Hosts.ToDictionary(host => host, host => mesh.PinglistFor(host, 0));
        Assert.Equal(paused, lists.Count(entry => entry.Value.Paused));
        foreach (var (host, list) in lists)
        {
            if (list.Paused) Assert.Empty(list.Groups);
            Assert.DoesNotContain(Peers(list), peer => mesh.IsPaused(topology.FindHost(peer.Host)!));
            Assert.Equal(list.Paused, mesh.IsPaused(host));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("dc1//pod")]
    [InlineData("a/b/c/d/e")]
    [InlineData("dc 1")]
    public void What_is_no_scope_is_refused(string text) => Assert.Throws<FormatException>(() => ScopePattern.Parse(text));

    [Fact]
    public void Scope_by_label_holds_the_hosts_that_bear_it()
    {
        var builder = new TopologyBuilder();
        builder.AddHost("dc", "ps", "pod", "a", [IPAddress.Parse("10.0.0.1")], new Dictionary<string, string> { ["role"] = "web" });
        builder.AddHost("dc", "ps", "pod", "b", [IPAddress.Parse("10.0.0.2")]);
        Assert.Equal(["a"], builder.Build().Hosts.Where(ScopePattern.Parse("role=web").Holds).Select(host => host.Name));
    }

    private static List<Peer> Peers(Pinglist list) => [.. list.Groups.SelectMany(group => group.Peers)];

    private static MeshSettings Of(MeshGraph graph) => new() { Graphs = [graph] };

    /// <summary>Kind, QoS and peers of each run of groups that belong to one graph.</summary>
    private static List<(string Kind, byte Dscp, int Peers)> Sections(Pinglist list)
    {
        var runs = new List<(string Kind, byte Dscp, int Peers)>();
        foreach (var group in list.Groups)
        {
            if (runs.Count > 0 && runs[^1].Kind == group.Kind && runs[^1].Dscp == group.Dscp) runs[^1] = runs[^1] with { Peers = runs[^1].Peers + group.Peers.Count };
            else runs.Add((group.Kind, group.Dscp, group.Peers.Count));
        }

        return runs;
    }
}
