using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.UnitTests.Lab;

public class FabricTests
{
    public static TheoryData<int, int, int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1, 1, 1 }, { 1, 2, 2, 2, 2, 2 }, { 2, 2, 2, 2, 2, 3 }, { 3, 2, 12, 3, 4, 2 }, { 12, 11, 3, 10, 11, 1 }, { 1, 10, 30, 2, 4, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Topology_file_of_a_fabric_reads_back_as_its_topology(int dcs, int podsets, int pods, int leaves, int spines, int hosts)
    {
        var fabric = Make(dcs, podsets, pods, leaves, spines, hosts);
        var topology = fabric.ToTopology();
        var reading = TopologyYaml.Read(FabricYaml.Write(fabric, "a test"), "t.yaml");
        Assert.Empty(reading.Errors);
        Assert.Equal(topology.Version, reading.Topology!.Version);
        Assert.Equal(fabric.Shape.HostCount, topology.Hosts.Count);
        Assert.Equal(fabric.Shape.SwitchCount, topology.Wiring.Switches.Count);
        Assert.Equal(fabric.Shape.LinkCount, topology.Wiring.Links.Count);
        Assert.Equal(fabric.Shape.PodCount, topology.Pods.Count);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Interfaces_of_a_node_have_names_of_their_own_that_the_kernel_takes(int dcs, int podsets, int pods, int leaves, int spines, int hosts)
    {
        foreach (var node in Make(dcs, podsets, pods, leaves, spines, hosts) is var fabric ? fabric.Switches.Concat(fabric.Hosts) : [])
        {
            var names = node.Links.Select(link => link.InterfaceAt(node)).ToList();
            Assert.Equal(names.Count, names.Distinct().Count());
            Assert.All(names, name => Assert.InRange(name.Length, 1, 15));
            Assert.DoesNotContain("hosts", names);
        }
    }

    [Fact]
    public void Switch_is_found_by_every_address_of_its_links()
    {
        var wiring = Make(2, 2, 2, 2, 2, 1).ToTopology().Wiring;
        foreach (var link in wiring.Links)
        {
            foreach (var end in new[] { link.A, link.B })
            {
                Assert.Equal(2, end.Addresses.Count);
                Assert.All(end.Addresses, address => Assert.Equal(end.Node, wiring.FindSwitch(address)!.Name));
            }
        }

        Assert.Equal(SwitchTier.Border, wiring.FindSwitch("border1")!.Tier);
        Assert.Equal("dc2/ps1", wiring.FindSwitch("dc2-ps1-leaf2")!.Scope);
    }

    [Theory]
    [InlineData(1, 1, 1, 254, "more than its /24")]
    [InlineData(1, 100, 1000, 1, "10.0.0.0/8")]
    [InlineData(50, 100, 100, 3, "are too many")]
    [InlineData(1, 1, 0, 1, "at least 1")]
    public void Impossible_fabric_is_refused_with_the_reason(int dcs, int podsets, int pods, int hosts, string reason)
    {
        var error = Assert.Throws<LabException>(() => Make(dcs, podsets, pods, 2, 2, hosts));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_of_a_healthy_fabric_use_all_links_of_the_shortest_ways()
    {
        var fabric = Make(2, 2, 2, 2, 3, 1);
        var routes = new FabricRoutes(fabric, _ => true).All();
        Assert.Equal(2, To(routes, fabric, "dc1-ps1-pod1-tor", "dc1-ps2-pod1-tor").Count);
        Assert.Equal(3, To(routes, fabric, "dc1-ps1-leaf1", "dc1-ps2-pod1-tor").Count);
        Assert.Equal(["dc1-ps1-pod2-tor"], To(routes, fabric, "dc1-ps1-leaf1", "dc1-ps1-pod2-tor"));
        Assert.Equal(["dc1-ps2-leaf1", "dc1-ps2-leaf2"], To(routes, fabric, "dc1-spine1", "dc1-ps2-pod1-tor"));
        Assert.Equal(["border1", "border2"], To(routes, fabric, "dc1-spine1", "dc2-ps2-pod1-tor"));
        Assert.Equal(["dc2-spine1", "dc2-spine2", "dc2-spine3"], To(routes, fabric, "border1", "dc2-ps2-pod1-tor"));
    }

    [Fact]
    public void Routes_go_around_what_is_down_and_end_where_there_is_no_way()
    {
        var fabric = Make(1, 2, 2, 2, 2, 1);
        var down = fabric.Find("dc1-ps2-leaf1")!.Links.First(link => link.Lower.Name == "dc1-ps2-pod1-tor");
        var routes = new FabricRoutes(fabric, link => link != down).All();

        // No spine sends to the leaf that lost its link; the leaf itself goes up and around.
        Assert.Equal(["dc1-ps2-leaf2"], To(routes, fabric, "dc1-spine1", "dc1-ps2-pod1-tor"));
        Assert.Equal(["dc1-spine1", "dc1-spine2"], To(routes, fabric, "dc1-ps2-leaf1", "dc1-ps2-pod1-tor"));
        Assert.Equal(["dc1-ps2-leaf2"], To(routes, fabric, "dc1-ps2-pod2-tor", "dc1-ps2-pod1-tor"));

        var noSpines = new FabricRoutes(fabric, link => link.Upper.Tier != SwitchTier.Spine).All();
        Assert.Empty(To(noSpines, fabric, "dc1-ps1-pod1-tor", "dc1-ps2-pod1-tor"));
        Assert.Equal(2, To(noSpines, fabric, "dc1-ps1-pod1-tor", "dc1-ps1-pod2-tor").Count);
    }

    internal static Fabric Make(int dcs, int podsets, int pods, int leaves, int spines, int hosts) =>
        new(new FabricShape { Dcs = dcs, Podsets = podsets, Pods = pods, Leaves = leaves, Spines = spines, Hosts = hosts });

    private static List<string> To(Dictionary<FabricNode, List<FabricRoute>> routes, Fabric fabric, string from, string tor)
    {
        var node = fabric.Find(from)!;
        return [.. routes[node].Single(route => route.Tor.Name == tor).Links.Select(link => link.Across(node).Name).Order(StringComparer.Ordinal)];
    }
}
