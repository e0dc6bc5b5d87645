using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Analysis.Localisation;

public sealed class SuspectRankingTests
{
    private const string Leaf = "dc1-ps1-leaf2";
    private const string Spine = "dc1-spine3";

    private static readonly Place Spines = new(Layer.SpineLayer, 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_that_loses_packets_by_chance_is_the_first_suspect(bool hasNames)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var flows = new Flows(seed, hasNames);
            var (suspects, likelihood) = Rank(flows, Lossy(flows, 40, 60, way => Flows.Over(way, Leaf, Spine) is not null));

            // Without names both directions of a link are known by other addresses, and so are parts of one that is lossy in both.
            if (hasNames) Assert.Equal(("link", $"{Leaf}~{Spine}"), (suspects[0].Kind, suspects[0].Name));
            else Assert.Contains(suspects[0].Name.Split('~'), end => end == flows.Known(Spine, Leaf) || end == flows.Known(Leaf, Spine));
            Assert.True(likelihood > 5 && suspects[0].Score > (hasNames ? 0.8 : 0.3), $"{likelihood} {suspects[0]}");
            Assert.InRange(suspects.Sum(one => one.Score), 0.3, 1.000001);
        }
    }

    [Fact]
    public void Switch_that_loses_packets_by_chance_is_suspected_before_its_links()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var flows = new Flows(seed);
            var (suspects, _) = Rank(flows, Lossy(flows, 40, 60, way => way.Contains(Spine)));
            Assert.Equal(("switch", Spine), (suspects[0].Kind, suspects[0].Name));
            Assert.True(suspects[0].Score > 0.8);
        }
    }

    [Fact]
    public void Loss_of_one_direction_is_not_laid_on_the_other_way()
    {
        var flows = new Flows(3);
        var all = new List<FlowSeen>();
        while (all.Count(flow => flow.IsBad) < 30)
        {
            var (source, target) = flows.Pair();
            var (there, back) = (flows.Way(source, target), flows.Way(target, source));
            var isBad = there.Contains(Spine) && flows.Chance(0.3);
            all.Add(new FlowSeen(flows.Sample(source, target, retransmissions: isBad ? (byte)1 : (byte)0, direction: isBad ? LossDirection.Forward : LossDirection.Unknown), isBad, flows.Trace(there), flows.Trace(back)));
        }

        var (suspects, _) = Rank(flows, all);
        Assert.Equal((Spine, 1.0), (suspects[0].Name, suspects[0].Bad / suspects[0].BadOf));
    }

    [Fact]
    public void Dead_link_is_found_by_the_ways_that_nobody_takes_any_more()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var flows = new Flows(seed);
            var (suspects, likelihood) = Rank(flows, Dead(flows, 24, 40, way => Flows.Over(way, Leaf, Spine)));
            Assert.Equal(("link", $"{Leaf}~{Spine}"), (suspects[0].Kind, suspects[0].Name));
            Assert.True(likelihood > 10);
        }
    }

    [Fact]
    public void Dead_switch_is_found_before_the_links_that_lead_to_it()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var flows = new Flows(seed);
            var (suspects, _) = Rank(flows, Dead(flows, 24, 40, way => Flows.Of(way, Spine)));
            Assert.Equal(("switch", Spine), (suspects[0].Kind, suspects[0].Name));
        }
    }

    [Fact]
    public void Black_hole_of_pairs_is_found_by_elimination_at_the_switch_that_no_flow_of_those_pairs_passes()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var flows = new Flows(seed);
            var all = new List<FlowSeen>();
            while (all.Count(flow => flow.IsBad) < 16)
            {
                // Of one pair: a flow that is lost, and tests that pass over other spines. Other pairs go through the switch well.
                var (source, target) = flows.Pair();
                FlowSeen lost;
                do lost = flows.Lost(source, target, way => way[0] == flows.Fleet.Hosts[source].Name ? Flows.Of(way, Spine) : null);
                while (!lost.IsBad);
                all.Add(lost);
                for (var i = 0; i < 24; i++)
                {
                    var fresh = flows.Lost(source, target, way => way[0] == flows.Fleet.Hosts[source].Name ? Flows.Of(way, Spine) : null);
                    if (!fresh.IsBad) all.Add(fresh with { IsOfTest = true });
                }

                var (a, b) = flows.Pair();
                for (var i = 0; i < 4; i++) all.Add(flows.Lost(a, b, _ => null));
            }

            var (suspects, likelihood) = Rank(flows, all);
            Assert.Equal(("switch", Spine), (suspects[0].Kind, suspects[0].Name));
            Assert.True(likelihood > 3);
        }
    }

    [Fact]
    public void Nobody_is_suspected_without_a_path_and_nobody_with_confidence_where_the_paths_say_nothing()
    {
        var flows = new Flows(1);
        var (source, target) = flows.Pair();
        Assert.Equal(([], 0), Rank(flows, [new FlowSeen(flows.Sample(source, target, ProbeError.Timeout), true, null, null)]));
        Assert.Equal(([], 0), Rank(flows, []));

        var confident = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            // What is lost has nothing to do with where it goes.
            var chance = new Flows(seed);
            var (suspects, likelihood) = Rank(chance, Lossy(chance, 6, 40, _ => true));
            if (suspects[0].Score > 0.5 && likelihood >= 3) confident++;
        }


        // Six flows happen to go the same way now and then.
        Assert.InRange(confident, 0, 12);
    }

    [Fact]
    public void Kinds_of_suspects_are_told_apart()
    {
        var flows = new Flows(1);
        var host = flows.Host("dc1-ps1-pod1-h1");
        var all = new List<FlowSeen>();
        for (var i = 0; i < 40; i++)
        {
            var (source, target) = flows.Pair();
            if (i % 2 == 0) (source, target) = (host, flows.Host("dc1-ps2-pod1-h1") + (i / 2 % 12));
            all.Add(flows.Lost(source, target, _ => null) with { IsBad = source == host });
        }

        var suspects = SuspectRanking.Rank(all, new Place(Layer.Host, host), flows.Fleet, flows.Graph).Suspects;
        Assert.Equal([("host", "dc1-ps1-pod1-h1"), ("link", "dc1-ps1-pod1-h1~dc1-ps1-pod1-tor"), ("switch", "dc1-ps1-pod1-tor")], suspects.Take(3).Select(one => (one.Kind, one.Name)));
    }

    private static (IReadOnlyList<Suspect> Suspects, double LogLikelihood) Rank(Flows flows, List<FlowSeen> all) => SuspectRanking.Rank(all, Spines, flows.Fleet, flows.Graph);

    // Each direction that crosses it loses three of ten packets.
    private static List<FlowSeen> Lossy(Flows flows, int bad, int good, Func<List<string>, bool> crosses)
    {
        var (lost, passed) = (new List<FlowSeen>(), new List<FlowSeen>());
        while (lost.Count < bad || passed.Count < good)
        {
            var (source, target) = flows.Pair();
            var (there, back) = (flows.Way(source, target), flows.Way(target, source));
            var isBad = (crosses(there) && flows.Chance(0.3)) || (crosses(back) && flows.Chance(0.3));
            (isBad ? lost : passed).Add(new FlowSeen(flows.Sample(source, target, retransmissions: isBad ? (byte)1 : (byte)0), isBad, flows.Trace(there), flows.Trace(back)));
        }

        return [.. lost.Take(bad), .. passed.Take(good)];
    }

    private static List<FlowSeen> Dead(Flows flows, int bad, int good, Func<IReadOnlyList<string>, int?> breaksAt)
    {
        var all = new List<FlowSeen>();
        while (all.Count(flow => flow.IsBad) < bad || all.Count(flow => !flow.IsBad) < good)
        {
            var (source, target) = flows.Pair();
            all.Add(flows.Lost(source, target, breaksAt));
        }

        return [.. all.Where(flow => flow.IsBad).Take(bad), .. all.Where(flow => !flow.IsBad).Take(good)];
    }
}
