using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Plans;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Yaml;
using Pingmesh.UnitTests.Core;

namespace Pingmesh.UnitTests.Controller;

public class MeshPlanTests
{
    public static TheoryData<GraphShape> MeshShapes => [GraphShape.ThreeLevels, GraphShape.Full, GraphShape.Regions];

    [Theory]
    [MemberData(nameof(MeshShapes))]
    public void Plan_is_what_all_lists_together_ask_for(GraphShape shape) =>
        Property.Holds(RandomTopologies.Any, given =>
        {
            var topology = given.Build();
            var mesh = new Mesh(topology, given.Settings with { Graphs = [given.Settings.Graphs[0] with { Shape = shape }] });
            var lists = topology.Hosts.Select(host => mesh.PinglistFor(host, 0)).ToList();
            var plan = MeshPlan.Of(mesh);
            var pairs = lists.Sum(list => list.PeerCount());
            Near(pairs, plan.Pairs, topology.Pods.Count);
            Near(pairs / 10.0, plan.ProbesPerSecond, topology.Pods.Count / 10.0);
            Near(pairs + lists.Sum(list => list.Omitted), plan.CompletePairs, topology.Pods.Count);
            Near(lists.Max(list => list.PeerCount()) / 10.0, plan.Host.MostProbes, 0.1);
            Assert.Equal(lists.Max(list => list.CoveredWithinS), plan.CoveredWithin.TotalSeconds);

            // Rounding: pods that are alike may differ by a peer.
            static void Near(double expected, double actual, double tolerance) => Assert.InRange(actual, expected - tolerance, expected + tolerance);
        }, 60);

    [Fact]
    public void Plan_of_100_000_hosts_counts_probes_and_bits_by_class()
    {
        var pods = Enumerable.Range(0, 125).Select(_ => Enumerable.Repeat(20, 20).ToArray()).ToArray();
        var topology = new TopologyShape([pods, pods], MeshSettings.Default).Build();
        var plan = MeshPlan.Of(new Mesh(topology, MeshSettings.Default));
        Assert.Equal((100_000, 5_000), (plan.Hosts, plan.Pods));
        Assert.Equal(
            [(ProbeClass.IntraPod, 1_900_000.0), (ProbeClass.IntraDc, 249_900_000), (ProbeClass.InterDc, 12_500_000)],
            plan.Lines.Select(line => (line.Class, line.Pairs)));
        Assert.Equal(1, plan.Coverage);
        Assert.Equal(TimeSpan.Zero, plan.CoveredWithin);
        Assert.Equal(264.3, plan.Host.MostProbes, 1e-9);
        Assert.Equal(26_430_000, plan.ProbesPerSecond, 1e-3);

        // A TCP probe is SYN, SYN-ACK, ACK and RST: 284 bytes with Ethernet's own 18 a frame.
        Assert.Equal(plan.ProbesPerSecond * 284 * 8, plan.BitsPerSecond, 1);
        Assert.Equal(20 * (264.3 - 1.9) * 2, plan.Uplink.MostProbes, 1e-6);
    }

    [Fact]
    public void Mesh_above_the_fleets_ceiling_does_not_come_into_force_but_a_pause_does()
    {
        var log = new RecordingLogger();
        var small = new TopologyShape([[[4, 4]]], MeshSettings.Default).Build();
        var inputs = new MeshInputs(small, new MeshSettings { MaxFleetRate = 4 }, []);
        var force = new MeshInForce(() => inputs, log);
        var before = force.Current;
        Assert.Same(before, force.Current);

        var large = new TopologyShape([[[4, 4, 4]]], MeshSettings.Default).Build();
        inputs = inputs with { Topology = large };
        Assert.Same(small, force.Current.Topology);
        Assert.Equal(1, force.Refused);
        Assert.Contains(log.Lines, line => line.Contains("needs 6 probes a second over 12 hosts, which is above the fleet's ceiling of 4", StringComparison.Ordinal));

        inputs = inputs with { Paused = [ScopePattern.Parse("dc1")] };
        Assert.True(force.Current.IsPaused(small.Hosts[0]));
        inputs = inputs with { Settings = new MeshSettings { MaxFleetRate = 100 }, Paused = [] };
        Assert.Same(large, force.Current.Topology);
        Assert.Throws<ConfigurationException>(() => new MeshInForce(() => inputs with { Settings = new MeshSettings { MaxFleetRate = 1 } }, log));
    }
}
