using Pingmesh.Analysis.Localisation;

namespace Pingmesh.UnitTests.Analysis.Localisation;

public sealed class WaysRuledOutTests
{
    private const string Leaf = "dc1-ps1-leaf2";
    private const string Spine = "dc1-spine3";

    [Fact]
    public void Ways_that_others_take_are_ruled_out()
    {
        var flows = new Flows(2);
        var (bad, good) = Sort(flows, 300, way => Flows.Over(way, Leaf, Spine));
        var ways = new WaysRuledOut(bad, good);
        foreach (var flow in bad)
        {
            var path = flow.There is { IsBroken: true } ? flow.There : flow.Back!;
            Assert.True(ways.Narrows(flow));
            Assert.Equal([path.LastSeen == Leaf ? Spine : Leaf], ways.Left(path, (flow.Sample.Source, flow.Sample.Target)));
        }

        Assert.True(ways.Missing(Component.Link(Leaf, Spine)) > 5);
        Assert.Equal(0, ways.Missing(Component.Link(Leaf, "dc1-spine1")));
        Assert.Equal(0, ways.Missing(Component.Node("dc1-ps1-leaf1")));
    }

    [Fact]
    public void Flows_from_before_the_onset_rule_nothing_out()
    {
        var flows = new Flows(2);
        var (bad, good) = Sort(flows, 300, way => Flows.Over(way, Leaf, Spine));
        var before = new WaysRuledOut(bad, [.. good.Select(flow => flow with { IsBefore = true })]);
        var broken = bad.Find(flow => flow.There is { IsBroken: true })!;
        Assert.Equal(broken.There!.Next, before.Left(broken.There, (broken.Sample.Source, broken.Sample.Target)));
    }

    [Fact]
    public void Switch_that_loses_certain_five_tuples_is_passed_by_fewer_flows_than_its_neighbours()
    {
        // Half of the five-tuples are lost at a spine that the other half passes.
        var flows = new Flows(2);
        var (bad, good) = Sort(flows, 600, way => flows.Chance(0.5) ? Flows.Of(way, Spine) : null);
        var ways = new WaysRuledOut(bad, good);
        Assert.True(ways.Missing(Component.Node(Spine)) > 5);
        foreach (var other in new[] { "dc1-spine1", "dc1-spine2", "dc1-spine4" }) Assert.True(ways.Missing(Component.Node(other)) < 1);
    }

    private static (List<FlowSeen> Bad, List<FlowSeen> Good) Sort(Flows flows, int count, Func<IReadOnlyList<string>, int?> breaksAt)
    {
        var all = Enumerable.Range(0, count).Select(_ => flows.Pair()).Select(pair => flows.Lost(pair.Source, pair.Target, breaksAt)).ToList();
        return (all.FindAll(flow => flow.IsBad), all.FindAll(flow => !flow.IsBad));
    }
}
