using Pingmesh.Lab;
using Pingmesh.Lab.Faults;

namespace Pingmesh.UnitTests.Lab;

public class FaultCatalogTests
{
    [Theory]
    [InlineData("random-loss", "dc1-spine1", "needs --percent")]
    [InlineData("random-los", "dc1-spine1", "did you mean 'random-loss'?")]
    [InlineData("link-down", "dc1-spine1", "cannot be at dc1-spine1, which is a switch; it can be at a link")]
    [InlineData("link-down", "dc1-spine1~dc1-spine2", "no link between dc1-spine1 and dc1-spine2; dc1-spine1 has links to dc1-ps1-leaf1")]
    [InlineData("switch-down", "dc1-spin1", "did you mean 'dc1-spine1'?")]
    [InlineData("switch-down", "dc9/spines", "no switches at 'dc9/spines'")]
    [InlineData("host-down", "dc1/ps1", "which is a podset")]
    [InlineData("mtu", "dc1/ps1", "its leaves are 'dc1/ps1/leaves'")]
    [InlineData("blackhole-pairs", "dc1-spine1", "either --from and --to")]
    [InlineData("blackhole-ports", "dc1-spine1", "either --source-ports or --percent")]
    public void Impossible_fault_is_refused_with_what_to_give_instead(string kind, string at, string message)
    {
        var error = Assert.Throws<LabException>(() => FaultCatalog.Check(FabricTests.Make(1, 2, 2, 2, 2, 2), FaultCatalog.Find(kind).Kind, at, new FaultOptions()));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Option_that_a_kind_does_not_take_is_refused()
    {
        var fabric = FabricTests.Make(1, 2, 2, 2, 2, 2);
        Refused(FaultKind.LinkDown, "dc1-spine1~dc1-ps1-leaf1", new FaultOptions { Percent = 3 }, "takes no --percent; it takes none");
        Refused(FaultKind.BlackholePrefix, "dc1-spine1", new FaultOptions { Prefix = "10.1.3" }, "is no prefix");
        Refused(FaultKind.BlackholePairs, "dc1-spine1", new FaultOptions { From = "dc1-ps1-pod1-h1", To = "nobody" }, "no host 'nobody'");
        Refused(FaultKind.Asymmetry, "dc1-ps1-pod1-tor", new FaultOptions { Via = "dc1-spine1" }, "above it are dc1-ps1-leaf1, dc1-ps1-leaf2");
        return;

        void Refused(FaultKind kind, string at, FaultOptions options, string message) =>
            Assert.Contains(message, Assert.Throws<LabException>(() => FaultCatalog.Check(fabric, kind, at, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dc1-spine1", PlaceKind.Switch, 1, 0)]
    [InlineData("dc1-ps1-pod1-h2", PlaceKind.Host, 0, 1)]
    [InlineData("dc1-spine1~dc1-ps1-leaf1", PlaceKind.Link, 0, 0)]
    [InlineData("dc1/spines", PlaceKind.Layer, 2, 0)]
    [InlineData("dc1/ps1/leaves", PlaceKind.Layer, 2, 0)]
    [InlineData("dc1/ps1", PlaceKind.Podset, 4, 4)]
    [InlineData("dc1/ps1/pod2", PlaceKind.Pod, 1, 2)]
    public void Place_stands_for_its_switches_and_hosts(string text, PlaceKind kind, int switches, int hosts)
    {
        var place = FaultPlace.Parse(FabricTests.Make(1, 2, 2, 2, 2, 2), text);
        Assert.Equal((kind, switches, hosts), (place.Kind, place.Switches.Count, place.Hosts.Count));
    }

    [Theory]
    [InlineData("41000-41999", 41_500, 42_000)]
    [InlineData("41000", 41_000, 41_001)]
    [InlineData("mod 8 = 3", 41_003, 41_004)]
    public void Port_pattern_holds_its_ports_only(string text, int held, int other)
    {
        var pattern = PortPattern.Parse(text)!;
        Assert.True(pattern.Holds(held));
        Assert.False(pattern.Holds(other));
        Assert.Equal(pattern, PortPattern.Parse(pattern.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5-4")]
    [InlineData("1-2-3")]
    [InlineData("mod 6 = 1")]
    [InlineData("mod 8 = 8")]
    [InlineData("70000")]
    public void Text_that_is_no_port_pattern_is_none(string text) => Assert.Null(PortPattern.Parse(text));
}
