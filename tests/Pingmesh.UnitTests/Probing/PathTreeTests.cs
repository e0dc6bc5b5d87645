using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.UnitTests.Probing;

public sealed class PathTreeTests
{
    private static readonly IPAddress Target = IPAddress.Parse("10.0.9.2");

    [Fact]
    public void Flows_share_nodes_until_they_part()
    {
        var root = Assert.Single(PathNode.Of(Traced(
            Flow(1, Hop(1, "10.0.0.1"), Hop(2, "10.0.1.1"), End(3)),
            Flow(2, Hop(1, "10.0.0.1"), Hop(2, "10.0.2.1"), End(3)),
            Flow(3, Hop(1, "10.0.0.1"), Hop(2, "10.0.1.1"), End(3)))));
        Assert.Equal([1, 2, 3], root.Flows);
        Assert.Equal((9, 9, 9), (root.Sent, root.Answered, root.Rtts.Count));
        Assert.Equal(["10.0.1.1", "10.0.2.1"], root.Next.Select(node => node.Addresses[0].ToString()));
        Assert.Equal([1, 3], root.Next[0].Flows);
        Assert.True(Assert.Single(root.Next[0].Next).IsTarget);
    }

    [Fact]
    public void Silent_hops_in_a_row_are_one_node()
    {
        var root = Assert.Single(PathNode.Of(Traced(Flow(1, Hop(1, "10.0.0.1"), Silent(2), Silent(3), End(4), Silent(5), Silent(6)))));
        var silent = Assert.Single(root.Next);
        Assert.Equal((2, 3, 6, 0), (silent.Ttl, silent.LastTtl, silent.Sent, silent.Answered));
        var end = Assert.Single(Assert.Single(silent.Next).Next);
        Assert.Equal((5, 6, 1d), (end.Ttl, end.LastTtl, end.Loss));
    }

    [Fact]
    public void Hop_that_loses_more_than_what_is_behind_it_answers_seldom()
    {
        var root = Assert.Single(PathNode.Of(Traced(Flow(1, Hop(1, "10.0.0.1", answered: 1), Hop(2, "10.0.1.1"), End(3, answered: 2)))));
        Assert.True(root.AnswersSeldom);
        Assert.False(root.Next[0].AnswersSeldom);
        Assert.False(root.Next[0].Next[0].AnswersSeldom);
        Assert.Equal(1 / 3d, root.Next[0].Next[0].Loss, 9);
    }

    [Fact]
    public void Hop_with_two_addresses_shows_both_and_is_not_the_hop_of_one()
    {
        var changed = new TraceHop(1, 3, [Answer("10.0.0.1", 1), Answer("10.0.0.5", 2)]);
        var nodes = PathNode.Of(Traced(Flow(1, changed, End(2)), Flow(2, Hop(1, "10.0.0.1"), End(2))));
        Assert.Equal(2, nodes.Count);
        Assert.Equal(["10.0.0.1", "10.0.0.5"], nodes[0].Addresses.Select(address => address.ToString()));
        Assert.Equal(3, nodes[0].Answered);
    }

    [Fact]
    public void Trace_without_any_hop_has_no_nodes() => Assert.Empty(PathNode.Of(Traced(Flow(1))));

    private static TraceResult Traced(params FlowTrace[] flows) => new(IPAddress.Parse("10.0.0.2"), flows);

    private static FlowTrace Flow(int sourcePort, params TraceHop[] hops) => new(sourcePort, hops);

    private static TraceHop Hop(int ttl, string address, int answered = 3) => new(ttl, 3, [Answer(address, answered)]);

    private static TraceHop Silent(int ttl) => new(ttl, 3, []);

    private static TraceHop End(int ttl, int answered = 3) =>
        new(ttl, 3, [new HopAnswer(Target, true, ProbeError.None, [.. Enumerable.Repeat(1_000L, answered)], answered)]);

    private static HopAnswer Answer(string address, int count) =>
        new(IPAddress.Parse(address), false, ProbeError.TtlExceeded, [.. Enumerable.Repeat(1_000L, count)], count);
}
