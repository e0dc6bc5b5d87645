using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core.Probes;
using Pingmesh.UnitTests.Analysis.Detection;

namespace Pingmesh.UnitTests.Analysis.Localisation;

public sealed class FlowChoiceTests
{
    private static readonly Place All = new(Layer.SpineLayer, 0);

    private readonly Flows flows = new(4);
    private readonly SeenProbes seen;

    public FlowChoiceTests() => seen = new SeenProbes(flows.Topology);

    [Fact]
    public void Choice_is_of_many_pairs_and_hosts_however_much_one_of_them_tells()
    {
        // One host has as much trouble as all others together.
        for (var i = 0; i < 600; i++)
        {
            var (source, target) = flows.Pair();
            seen.Bad.Enqueue(flows.Sample(i % 2 == 0 ? 0 : source, i % 2 == 0 ? 12 + (i / 2 % 12) : target, ProbeError.Timeout));
            seen.Good.Enqueue(flows.Sample(source, target));
        }

        var choice = Choose();
        Assert.Equal((48, 64), (choice.Bad.Count, choice.Good.Count));
        Assert.All(choice.Bad.GroupBy(flow => (flow.Source, flow.Target)), pair => Assert.InRange(pair.Count(), 1, 3));
        Assert.All(choice.Bad.GroupBy(flow => flow.Source), host => Assert.InRange(host.Count(), 1, 4));
        Assert.True(choice.Bad.Select(flow => flow.Source).Distinct().Count() >= 12);
        Assert.Equal(choice.Bad, Choose().Bad);
    }

    [Fact]
    public void Host_that_alone_has_trouble_is_asked_more_often()
    {
        for (var i = 0; i < 60; i++) seen.Bad.Enqueue(flows.Sample(0, 12 + (i % 12), ProbeError.Timeout));
        Assert.Equal(36, Choose().Bad.Count);
    }

    [Fact]
    public void Chosen_is_only_what_belongs_to_the_suspicion_and_can_be_traced_and_is_new()
    {
        var known = flows.Sample(0, 12, ProbeError.Timeout);
        FlowSample[] others =
        [
            known, flows.Sample(0, 13, ProbeError.Timeout, at: Flows.SeenAt - 11_000_000), flows.Sample(0, 14, ProbeError.Timeout, kind: ProbeKind.Icmp), flows.Sample(0, 15, ProbeError.Timeout, port: 0),
            flows.Sample(0, 1, ProbeError.Timeout), flows.Sample(0, 16), flows.Sample(0, 17, ProbeError.Refused), flows.Sample(1, 18, ProbeError.Timeout), flows.Sample(0, 19, ProbeError.Timeout, kind: ProbeKind.TcpPayload),
        ];
        foreach (var other in others) seen.Bad.Enqueue(other);
        var own = flows.Sample(0, 20, retransmissions: 1, at: Flows.SeenAt - 9_000_000);
        seen.Bad.Enqueue(own);
        Assert.Equal([own], Choose(isExplained: (source, _, _) => source == 1, known: [known.Tuple]).Bad);
        Assert.Empty(Choose(Signal.Slow).Bad);
    }

    [Theory]
    [InlineData(2, 2, null, false)]
    [InlineData(3, 3, true, false)]
    [InlineData(20, 19, true, false)]
    [InlineData(20, 10, false, false)]
    [InlineData(3, 0, false, false)]
    public void Same_five_tuples_that_fail_each_time_are_deterministic(int same, int failed, bool? expected, bool ofAddresses)
    {
        var repeats = Repeats.None.And(new Repeats(same, failed, 24, 3));
        Assert.Equal((expected, ofAddresses), (repeats.IsDeterministic, repeats.IsOfAddresses));
    }

    [Fact]
    public void Pairs_that_fail_from_any_port_fail_by_their_addresses()
    {
        Assert.True(new Repeats(3, 3, 12, 12).And(new Repeats(3, 3, 12, 11)).IsOfAddresses);
        Assert.False(new Repeats(3, 3, 2, 2).IsOfAddresses);
        Assert.Null(Repeats.None.IsDeterministic);
    }

    private FlowChoice Choose(Signal signal = Signal.Loss, Func<int, int, long, bool>? isExplained = null, HashSet<(int, int, ushort, ushort)>? known = null) =>
        FlowChoice.Of(seen.View, new Suspicion(Plane.Basic, signal, All, 100, 10, 0, 1e-4, 50, 5, SeenProbes.Start), isExplained ?? SeenProbes.Nothing, known ?? []);
}
