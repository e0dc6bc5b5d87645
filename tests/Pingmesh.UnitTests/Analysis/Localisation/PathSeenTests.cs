using Pingmesh.Analysis.Localisation;

namespace Pingmesh.UnitTests.Analysis.Localisation;

public sealed class PathSeenTests
{
    private static readonly string[] Way =
        ["dc1-ps1-pod1-h1", "dc1-ps1-pod1-tor", "dc1-ps1-leaf2", "dc1-spine3", "dc1-ps2-leaf1", "dc1-ps2-pod2-tor", "dc1-ps2-pod2-h4"];

    private readonly Flows flows = new();

    [Fact]
    public void Way_that_was_seen_whole_has_all_its_switches_and_links()
    {
        var path = flows.Trace(Way)!;
        Assert.Equal(Way, path.Nodes);
        Assert.False(path.IsBroken);
        Assert.Equal(Way.Length - 1, path.Components.Count(one => one.IsLink));
        Assert.Equal(Way[1..], path.Components.Where(one => !one.IsLink).Select(one => one.Name));
        Assert.Contains(Component.Link("dc1-spine3", "dc1-ps1-leaf2"), path.Components);
        Assert.Null(PathSeen.Of(null, flows.Fleet.Hosts[0], flows.Fleet.Hosts[1], flows.Graph));
    }

    [Fact]
    public void Silent_hop_gets_a_name_where_only_one_switch_can_be_there()
    {
        Assert.Equal(Way, flows.Trace(Way, null, 5)!.Nodes);

        // Between two leaves may be any spine; between a spine and a ToR any leaf.
        foreach (var hop in new[] { 2, 3, 4 })
        {
            var path = flows.Trace(Way, null, hop)!;
            Assert.Null(path.Nodes[hop]);
            Assert.Equal(Way.Length, path.Nodes.Count);
            Assert.DoesNotContain(path.Components, one => one == Component.Link(Way[hop - 1], Way[hop + 1]));
        }
    }

    [Fact]
    public void Switch_that_keeps_silent_before_the_target_is_no_link_from_the_one_before()
    {
        var path = flows.Trace(Way, null, 4, 5)!;
        Assert.Equal([.. Way[..4], null, null, Way[6]], path.Nodes);
        Assert.DoesNotContain(path.Components, one => one == Component.Link(Way[3], Way[6]));
    }

    [Fact]
    public void Way_that_breaks_off_may_have_gone_on_to_each_neighbour_nearer_to_the_target()
    {
        var path = flows.Trace(Way, 3)!;
        Assert.True(path.IsBroken);
        Assert.Equal(Way[..3], path.Nodes);
        Assert.Equal("dc1-ps1-leaf2", path.LastSeen);
        Assert.Equal(["dc1-spine1", "dc1-spine2", "dc1-spine3", "dc1-spine4"], path.Next.Order(StringComparer.Ordinal));
        Assert.Equal(["dc1-ps2-leaf1", "dc1-ps2-leaf2", "dc1-ps2-leaf3"], flows.Trace(Way, 4)!.Next.Order(StringComparer.Ordinal));
        Assert.Equal(["dc1-ps2-pod2-tor"], flows.Trace(Way, 5)!.Next);
        Assert.True(flows.Trace(Way, 5)!.IsBroken);
    }

    [Fact]
    public void Way_that_breaks_off_at_the_sender_goes_on_at_its_switch()
    {
        var path = flows.Trace(Way, 1)!;
        Assert.True(path.IsBroken);
        Assert.Equal([Way[0]], path.Nodes);
        Assert.Equal([Way[1]], path.Next);
    }

    [Fact]
    public void Target_that_does_not_answer_behind_its_switch_is_no_broken_way()
    {
        // Whether the last link or the answer was lost does not show.
        var path = flows.Trace(Way, 6)!;
        Assert.False(path.IsBroken);
        Assert.Equal(Way, path.Nodes);
    }

    [Fact]
    public void Without_names_hops_are_addresses_and_nothing_is_known_of_what_comes_next()
    {
        var nameless = new Flows(hasNames: false);
        var path = nameless.Trace(Way)!;
        Assert.Equal(nameless.AddressOf(Way[3], Way[2]).ToString(), path.Nodes[3]);
        Assert.Equal((Way[0], Way[6], false), (path.Nodes[0], path.Nodes[6], path.IsBroken));
        Assert.Null(nameless.Trace(Way, null, 3)!.Nodes[3]);
        var broken = nameless.Trace(Way, 3)!;
        Assert.True(broken.IsBroken);
        Assert.Empty(broken.Next);
    }
}
