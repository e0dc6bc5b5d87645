using System.Net;
using System.Security.Cryptography;
using System.Text;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Topologies;
using Pingmesh.UnitTests.Core;

namespace Pingmesh.UnitTests.Controller;

public class ThreeLevelGraphTests
{
    [Fact]
    public void List_keeps_its_cap_and_names_no_host_twice_nor_the_host_itself() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            foreach (var (host, list) in new ProbedPairs(shape.Build(), shape.Settings).Lists)
            {
                var peers = list.Groups.SelectMany(group => group.Peers).Select(peer => peer.Host).ToList();
                Assert.True(peers.Count <= shape.Settings.MaxPeers);
                Assert.Equal(peers.Count, peers.Distinct().Count());
                Assert.DoesNotContain(host.Name, peers);
                Assert.All(list.Groups, group => Assert.NotEmpty(group.Peers));
            }
        });

    [Fact]
    public void Class_says_how_far_apart_the_hosts_are() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            foreach (var (from, to, probeClass) in new ProbedPairs(shape.Build(), shape.Settings).All)
            {
                var expected = from.Pod == to.Pod ? "intra-pod" : from.Pod.Podset.Dc == to.Pod.Podset.Dc ? "intra-dc" : "inter-dc";
                Assert.Equal(expected, probeClass);
            }
        });

    [Fact]
    public void Every_pod_pair_is_covered_in_both_directions_as_long_as_there_are_enough_peers() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            var topology = shape.Build();
            var pairs = new ProbedPairs(topology, shape.Settings).ByPods();
            foreach (var from in topology.Pods)
            {
                var slots = (long)from.Hosts.Count * shape.Settings.MaxPeers;
                var covered = topology.Pods.Count(to => to != from && pairs.Contains((from, to)));
                // Arithmetic is the only excuse: every slot that could cover a pod does, but for the half that a ring may keep.
                if (slots >= topology.Pods.Count - 1) Assert.Equal(topology.Pods.Count - 1, covered);
                else Assert.True(covered >= from.Hosts.Count * ((shape.Settings.MaxPeers + 1) / 2));
            }
        }, 200);

    [Fact]
    public void Without_a_cap_the_list_is_complete() =>
        Property.Holds(RandomTopologies.WithoutCap, shape =>
        {
            var topology = shape.Build();
            var mesh = new ProbedPairs(topology, shape.Settings);
            var pairs = mesh.ByPods();
            Assert.All(mesh.Lists.Values, list => Assert.Equal(0, list.Omitted));
            foreach (var from in topology.Pods)
            {
                Assert.Equal(from.Hosts.Count * (from.Hosts.Count - 1), pairs[(from, from)].Count());
                foreach (var to in topology.Pods)
                {
                    if (to == from) continue;
                    if (from.Podset.Dc != to.Podset.Dc)
                    {
                        Assert.InRange(pairs[(from, to)].Count(), 1, shape.Settings.Graphs[0].InterDcHosts);
                        continue;
                    }

                    Assert.Equal(Math.Max(from.Hosts.Count, to.Hosts.Count), pairs[(from, to)].Count());
                    Assert.Equal(from.Hosts.Count, pairs[(from, to)].Select(pair => pair.From).Distinct().Count());
                    Assert.Equal(to.Hosts.Count, pairs[(from, to)].Select(pair => pair.To).Distinct().Count());
                }
            }
        });

    [Fact]
    public void Hosts_at_equal_positions_probe_each_other_when_pods_are_of_equal_size_with_and_without_a_cap() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            var pairs = new ProbedPairs(shape.Build(), shape.Settings).All.Where(pair => pair.Class == "intra-dc" && pair.From.Pod.Hosts.Count == pair.To.Pod.Hosts.Count);
            Assert.All(pairs, pair => Assert.Equal(pair.From.Index, pair.To.Index));
        });

    [Fact]
    public void Hosts_of_a_pod_get_as_many_peers_each_give_or_take_one() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            var mesh = new ProbedPairs(shape.Build(), shape.Settings);
            foreach (var pod in mesh.Lists.GroupBy(entry => entry.Key.Pod, entry => entry.Value.PeerCount()))
                Assert.InRange(pod.Max() - pod.Min(), 0, 1);
        });

    [Fact]
    public void Inter_dc_probes_load_the_hosts_of_a_pod_evenly_as_source_and_as_target() =>
        Property.Holds(RandomTopologies.WithoutCap, shape =>
        {
            var topology = shape.Build();
            var interDc = new ProbedPairs(topology, shape.Settings).All.Where(pair => pair.Class == "inter-dc").ToList();
            // Pods with fewer host pairs than asked for get all they have: nothing to balance there.
            if (topology.Pods.Any(pod => pod.Hosts.Count < shape.Settings.Graphs[0].InterDcHosts)) return;
            foreach (var pod in topology.Pods)
            {
                var sent = pod.Hosts.Select(host => interDc.Count(pair => pair.From == host)).ToList();
                var received = pod.Hosts.Select(host => interDc.Count(pair => pair.To == host)).ToList();
                // The pod's own dc lies between the others': one run of slots before it, one after it.
                Assert.InRange(sent.Max() - sent.Min(), 0, 2);
                Assert.InRange(received.Max() - received.Min(), 0, 1);
            }
        }, 200);

    [Fact]
    public void Cap_thins_the_load_on_targets_evenly_too()
    {
        var shape = new TopologyShape([[[.. Enumerable.Repeat(20, 100)]]], new MeshSettings { MaxPeers = 50 });
        var mesh = new ProbedPairs(shape.Build(), shape.Settings);
        Assert.All(mesh.Lists.Values, list => Assert.Equal(50, list.PeerCount()));
        Assert.All(mesh.Lists.Values, list => Assert.Equal(99 - 31, list.Omitted));
        var received = mesh.All.Where(pair => pair.Class == "intra-dc").CountBy(pair => pair.To).Select(entry => entry.Value).ToList();
        Assert.Equal(2_000, received.Count);
        Assert.InRange(received.Min(), 25, 31);
        Assert.InRange(received.Max(), 31, 37);
    }

    [Fact]
    public void Pod_larger_than_the_cap_keeps_a_ring_in_which_every_host_is_probed_as_often_as_it_probes()
    {
        var shape = new TopologyShape([[[50, 3]]], new MeshSettings { MaxPeers = 10 });
        var topology = shape.Build();
        var mesh = new ProbedPairs(topology, shape.Settings);
        var ring = mesh.All.Where(pair => pair.Class == "intra-pod" && pair.From.Pod == topology.Pods[0]).ToList();
        Assert.All(topology.Pods[0].Hosts, host => Assert.Equal(9, ring.Count(pair => pair.From == host)));
        Assert.All(topology.Pods[0].Hosts, host => Assert.Equal(9, ring.Count(pair => pair.To == host)));
    }

    [Fact]
    public void Pods_left_out_by_one_source_are_covered_by_others_when_there_are_more_pods_than_slots()
    {
        var shape = new TopologyShape([[[.. Enumerable.Repeat(1, 200)]]], new MeshSettings { MaxPeers = 20 });
        var mesh = new ProbedPairs(shape.Build(), shape.Settings);
        Assert.All(mesh.Lists.Values, list => Assert.Equal((20, 179), (list.PeerCount(), list.Omitted)));
        var received = mesh.All.CountBy(pair => pair.To).ToList();
        Assert.Equal(200, received.Count);
        Assert.All(received, entry => Assert.InRange(entry.Value, 15, 25));
    }

    [Fact]
    public void Same_input_gives_the_same_bytes_however_the_topology_was_made() =>
        Property.Holds(RandomTopologies.Any, shape =>
        {
            var reading = TopologyYaml.Read(shape.ToYaml(), "t.yaml");
            Assert.Empty(reading.Errors);
            Topology[] topologies = [shape.Build(), shape.Build(), reading.Topology!];
            for (var i = 0; i < topologies[0].Hosts.Count; i++)
            {
                var bytes = topologies.Select(topology => PinglistJson.Write(new Mesh(topology, shape.Settings).PinglistFor(topology.Hosts[i], 0))).ToList();
                Assert.Equal(bytes[0], bytes[1]);
                Assert.Equal(bytes[0], bytes[2]);
            }
        }, 50);

    [Fact]
    public void Bytes_of_a_known_pinglist_are_known()
    {
        // A change here changes every agent's list on the day the server is upgraded: do it knowingly.
        var shape = new TopologyShape([[[3, 2], [3]], [[2, 2]]], new MeshSettings());
        var topology = shape.Build();
        Assert.Equal(
            """{"host":"h-1-1-1-2","addresses":["10.0.0.1"],"omitted":0,"groups":["""
            + """{"kind":"tcp","class":"intra-pod","dscp":0,"port":58100,"interval_ms":10000,"timeout_ms":2500,"slow_us":5000,"peers":["""
            + """{"host":"h-1-1-1-3","address":"10.0.0.2"},{"host":"h-1-1-1-1","address":"10.0.0.0"}]},"""
            + """{"kind":"tcp","class":"intra-dc","dscp":0,"port":58100,"interval_ms":10000,"timeout_ms":2500,"slow_us":5000,"peers":["""
            + """{"host":"h-1-1-2-2","address":"10.0.0.4"},{"host":"h-1-2-1-2","address":"10.0.0.6"}]},"""
            + """{"kind":"tcp","class":"inter-dc","dscp":0,"port":58100,"interval_ms":10000,"timeout_ms":2500,"slow_us":5000,"peers":["""
            + """{"host":"h-2-1-2-1","address":"10.0.0.10"}]}]}""",
            Encoding.UTF8.GetString(PinglistJson.Write(new Mesh(topology, shape.Settings).PinglistFor(topology.Hosts[1], 0))));
    }

    [Fact]
    public void Bytes_of_all_pinglists_under_a_cap_are_known()
    {
        var shape = new TopologyShape([[[7, 5, 8], [1, 6]], [[8, 8], [3]], [[12]]], new MeshSettings { MaxPeers = 9, Graphs = [new MeshGraph { InterDcHosts = 2 }] });
        var topology = shape.Build();
        var mesh = new Mesh(topology, shape.Settings);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var host in topology.Hosts) hash.AppendData(PinglistJson.Write(mesh.PinglistFor(host, 0)));
        Assert.Equal("362bb6fc5abca21b", Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)));
    }

    [Fact]
    public void Peer_is_probed_at_its_first_address_of_the_hosts_first_family_that_it_has()
    {
        var builder = new TopologyBuilder();
        Add("both", "10.0.0.1", "fd00::1");
        Add("v6-first", "fd00::2", "10.0.0.2");
        Add("v6-only", "fd00::3");
        Add("v4-only", "10.0.0.4", "10.0.1.4");
        var topology = builder.Build();
        Assert.Equal(["10.0.0.2", "fd00::3", "10.0.0.4"], AddressesFor("both"));
        Assert.Equal(["10.0.0.4", "fd00::1", "fd00::3"], AddressesFor("v6-first").Order());
        Assert.Equal(["fd00::1", "fd00::2"], AddressesFor("v6-only").Order());
        Assert.Equal(1, new Mesh(topology, MeshSettings.Default).PinglistFor(topology.FindHost("v6-only")!, 0).Omitted);

        void Add(string name, params string[] addresses) => builder.AddHost("dc", "ps", "pod", name, [.. addresses.Select(IPAddress.Parse)]);

        IEnumerable<string> AddressesFor(string host) =>
            new Mesh(topology, MeshSettings.Default).PinglistFor(topology.FindHost(host)!, 0).Groups.Single().Peers.Select(peer => peer.Address);
    }

    [Fact]
    public void Lone_host_has_an_empty_list()
    {
        var topology = new TopologyShape([[[1]]], MeshSettings.Default).Build();
        var list = new Mesh(topology, MeshSettings.Default).PinglistFor(topology.Hosts[0], 0);
        Assert.Empty(list.Groups);
        Assert.Equal(0, list.Omitted);
    }

    [Fact]
    public void List_of_one_host_of_100_000_fills_the_cap_and_no_more()
    {
        // 5,000 pods of 20 in two data centers, thinned under the cap. bench/ has the time it takes.
        var pods = Enumerable.Range(0, 125).Select(_ => Enumerable.Repeat(20, 20).ToArray()).ToArray();
        var topology = new TopologyShape([pods, pods], MeshSettings.Default).Build();
        Assert.Equal(100_000, topology.Hosts.Count);
        for (var i = 0; i < 20; i++)
        {
            var list = new Mesh(topology, MeshSettings.Default with { MaxPeers = 2_500 }).PinglistFor(topology.Hosts[i * 4_999], 0);
            Assert.InRange(list.PeerCount(), 2_499, 2_500);
        }
    }

    [Fact]
    public void Host_of_another_topology_and_impossible_settings_are_refused()
    {
        var shape = new TopologyShape([[[2]]], MeshSettings.Default);
        var topology = shape.Build();
        Assert.Throws<ArgumentException>(() => new Mesh(topology, MeshSettings.Default).PinglistFor(shape.Build().Hosts[0], 0));
        Assert.Throws<ArgumentException>(() => new Mesh(topology, new MeshSettings { MaxPeers = 0 }).PinglistFor(topology.Hosts[0], 0));
    }
}
