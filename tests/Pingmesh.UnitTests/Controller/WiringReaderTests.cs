using System.Net;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Controller;

public class WiringReaderTests
{
    private const string Hosts = """
        dcs:
          - name: dc1
            podsets:
              - name: ps1
                pods: [{name: pod1, hosts: [{name: h1, address: 10.0.0.1}]}]

        """;

    [Fact]
    public void Switches_and_links_are_read_with_their_addresses()
    {
        var reading = TopologyYaml.Read(
            Hosts + """
            switches:
              - {name: t1, tier: tor, scope: dc1/ps1/pod1, addresses: [10.0.0.254]}
              - {name: l1, tier: leaf, scope: dc1/ps1}
              - {name: s1, tier: spine, scope: dc1}
              - {name: b1, tier: border}
            links:
              - {ends: [t1, l1], addresses: [[172.16.0.0, "fd01::"], [172.16.0.1, "fd01::1"]]}
              - {ends: [l1, s1]}
              - {ends: [h1, t1]}
            """,
            "t.yaml");
        Assert.Empty(reading.Errors);
        var wiring = reading.Topology!.Wiring;
        Assert.Equal(["t1", "l1", "s1", "b1"], wiring.Switches.Select(one => one.Name));
        Assert.Equal("t1", wiring.FindSwitch(IPAddress.Parse("10.0.0.254"))!.Name);
        Assert.Equal("l1", wiring.FindSwitch(IPAddress.Parse("fd01::1"))!.Name);
        Assert.Equal("t1", wiring.FindSwitch(IPAddress.Parse("::ffff:172.16.0.0"))!.Name);
        Assert.Null(wiring.FindSwitch(IPAddress.Parse("172.16.0.2")));
        Assert.Equal(SwitchTier.Border, wiring.FindSwitch("b1")!.Tier);
        Assert.Equal("t1~l1", wiring.Links[0].Name);
        Assert.Equal("l1", wiring.Links[0].Across("t1")!.Node);
        Assert.NotEqual(TopologyYaml.Read(Hosts, "t.yaml").Topology!.Version, reading.Topology.Version);
    }

    [Theory]
    [InlineData("switches: [{name: t1, tier: tor, scope: dc1/ps1/pod2}]", "t.yaml:6:12", "there is no pod 'dc1/ps1/pod2'")]
    [InlineData("switches: [{name: t1, tier: top, scope: dc1/ps1/pod1}]", "t.yaml:6", "did you mean 'tor'?")]
    [InlineData("switches: [{name: b1, tier: border, scope: dc1}]", "t.yaml:6", "remove 'scope'")]
    [InlineData("switches: [{name: l1, tier: leaf}]", "t.yaml:6", "key 'scope' is missing")]
    [InlineData("switches: [{name: h1, tier: spine, scope: dc1}]", "t.yaml:6", "has the name of a host")]
    [InlineData("switches: [{name: s1, tier: spine, scope: dc1, addresses: [x]}]", "t.yaml:6", "'x' is not an IP address")]
    [InlineData("switches: [{name: s1, tier: spine, scope: dc1, adress: [x]}]", "t.yaml:6", "did you mean 'addresses'?")]
    [InlineData("links: [{ends: [h1]}]", "t.yaml:6", "a link has two ends")]
    [InlineData("links: [{ends: [h1, s9]}]", "t.yaml:6", "there is no switch or host 's9'")]
    [InlineData("links: [{ends: [h1, h1]}]", "t.yaml:6", "leads from a node to itself")]
    [InlineData("switches: [{name: a, tier: spine, scope: dc1, addresses: [10.9.9.9]}, {name: b, tier: spine, scope: dc1, addresses: [10.9.9.9]}]", "t.yaml:6", "already that of switch 'a'")]
    public void Wrong_wiring_is_told_with_its_place_and_remedy(string text, string place, string message)
    {
        var error = Assert.Single(TopologyYaml.Read(Hosts + text, "t.yaml").Errors);
        Assert.StartsWith(place, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }
}
