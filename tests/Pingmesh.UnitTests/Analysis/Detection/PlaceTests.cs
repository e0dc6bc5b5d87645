using FsCheck.Fluent;
using Pingmesh.Analysis.Detection;
using Pingmesh.UnitTests.Controller;
using Pingmesh.UnitTests.Core;

namespace Pingmesh.UnitTests.Analysis.Detection;

public sealed class PlaceTests
{
    // A packet climbs as high as the scopes of its ends are apart: probes within a pod never reach a leaf.
    private static readonly Dictionary<Layer, Span> LowestSpan = new()
    {
        [Layer.Pair] = Span.Pod, [Layer.Host] = Span.Pod, [Layer.Tor] = Span.Pod, [Layer.PodUplinks] = Span.Podset, [Layer.LeafLayer] = Span.Podset,
        [Layer.PodsetUplinks] = Span.Dc, [Layer.SpineLayer] = Span.Dc, [Layer.DcPair] = Span.Dcs,
    };

    [Fact]
    public void Place_that_contains_another_carries_all_its_probes_that_climb_so_high() =>
        Property.Holds(Fleets, fleet =>
        {
            var places = PlacesIn(fleet);
            foreach (var outer in places)
            {
                foreach (var inner in places.Where(inner => outer.Contains(fleet, inner)))
                {
                    foreach (var (source, target) in PairsOf(fleet))
                    {
                        if (inner.Carries(fleet, source, target) && fleet.SpanOf(source, target) >= LowestSpan[outer.Layer] && !outer.Carries(fleet, source, target))
                            Assert.Fail($"{outer} contains {inner}, but does not carry {source} to {target}");
                    }
                }
            }
        });

    [Fact]
    public void Places_contain_themselves_and_what_is_contained_in_what_they_contain() =>
        Property.Holds(Fleets, fleet =>
        {
            var places = PlacesIn(fleet);
            foreach (var a in places)
            {
                Assert.True(a.Contains(fleet, a));
                foreach (var b in places.Where(b => b != a && a.Contains(fleet, b)))
                {
                    Assert.False(b.Contains(fleet, a), $"{a} and {b} contain each other");

                    // Two hosts of one ToR are joined by it and by nothing above: their pair is in the ToR only.
                    foreach (var c in places.Where(c => c.Layer != Layer.Pair && b.Contains(fleet, c))) Assert.True(a.Contains(fleet, c), $"{a} contains {b}, that {c}, but not {a} {c}");
                }
            }
        });

    [Fact]
    public void Places_of_a_pair_are_all_that_carry_it() =>
        Property.Holds(Fleets, fleet =>
        {
            var places = PlacesIn(fleet).Where(place => place.Layer != Layer.Pair).ToList();
            foreach (var (source, target) in PairsOf(fleet))
            {
                var trouble = new PlaceTrouble(fleet);
                trouble.Add(new PairInTrouble { Source = source, Target = target, Span = fleet.SpanOf(source, target), Tally = new PairTally { Probes = 1, Failed = 1 } }, Signal.Loss);
                var own = trouble.All().Select(one => one.Place).ToList();
                Assert.Equal(own.Count, own.Distinct().Count());
                Assert.Equal(places.Where(place => place.Carries(fleet, source, target)).OrderBy(Order), own.OrderBy(Order));
            }

            static (Layer, int, int) Order(Place place) => (place.Layer, place.A, place.B);
        });

    [Fact]
    public void Slots_and_sums_count_the_probes_through_a_place_as_a_count_by_hand_does() =>
        Property.Holds(
            from topology in RandomTopologies.Any
            from random in Property.Randoms
            select (topology, random),
            given =>
            {
                var seen = new SeenProbes(given.topology.Build());
                var fleet = seen.Fleet;
                if (fleet.Hosts.Count < 2) return;
                var probes = Enumerable.Range(0, 300).Select(_ => (Source: given.random.Next(fleet.Hosts.Count), Target: given.random.Next(fleet.Hosts.Count), Count: given.random.Next(1, 5)))
                    .Where(probe => probe.Source != probe.Target).ToList();
                foreach (var (source, target, count) in probes) seen.Add(source, target, count, dropped: 1);
                var slot = seen.View.Slots(Plane.Basic, 0, long.MaxValue).Single().Slot;
                var sums = seen.Sums();
                Span<long> bySpan = stackalloc long[4];
                foreach (var place in PlacesIn(fleet))
                {
                    var by = probes.Where(probe => place.Carries(fleet, probe.Source, probe.Target)).ToList();
                    Assert.True(by.Sum(probe => probe.Count) == slot.Through(place), $"{place}: {slot.Through(place)} of {by.Sum(probe => probe.Count)}");
                    if (place.Layer == Layer.Pair) continue;
                    sums.Read(place, bySpan);
                    if (place.Layer == Layer.Host)
                    {
                        Assert.Equal(by.Sum(probe => probe.Count), bySpan[0] + bySpan[1] + bySpan[2] + bySpan[3]);
                        continue;
                    }

                    foreach (var span in Enum.GetValues<Span>())
                        Assert.Equal(by.Where(probe => fleet.SpanOf(probe.Source, probe.Target) == span).Sum(probe => probe.Count), bySpan[(int)span]);
                }

                foreach (var span in Enum.GetValues<Span>()) Assert.Equal(probes.Where(probe => fleet.SpanOf(probe.Source, probe.Target) == span).Sum(probe => probe.Count), sums.Of(span));
                Assert.Equal(probes.Select(probe => (probe.Source, probe.Target)).Distinct().Count(), sums.Pairs.Count);
            });

    [Fact]
    public void Sums_leave_out_the_trouble_that_has_another_cause_but_not_its_probes()
    {
        var seen = new SeenProbes(TestMesh.Topology);
        seen.Add(0, 1, 10, failed: 4);
        seen.Add(0, 4, 10, failed: 5, window: SeenProbes.Start + 10);
        var sums = seen.Sums(isExplained: (source, target, window) => (source, target, window) == (0, 1, SeenProbes.Start));
        Assert.Equal((0, 4, 5), (sums.Pairs.Single().Source, sums.Pairs.Single().Target, sums.Pairs.Single().Tally.Failed));
        Assert.Equal(SeenProbes.Start + 10, sums.Pairs.Single().Since);
        Assert.Equal(20, sums.Of(Span.Pod) + sums.Of(Span.Podset) + sums.Of(Span.Dc));
    }

    private static FsCheck.Gen<Fleet> Fleets => RandomTopologies.Any.Select(topology => new Fleet(topology.Build())).Where(fleet => fleet.Hosts.Count is > 1 and < 40);

    private static IEnumerable<(int Source, int Target)> PairsOf(Fleet fleet) =>
        from source in Enumerable.Range(0, fleet.Hosts.Count) from target in Enumerable.Range(0, fleet.Hosts.Count) where source != target select (source, target);

    private static List<Place> PlacesIn(Fleet fleet)
    {
        var places = new List<Place>();
        var random = new Random(fleet.Hosts.Count);
        for (var i = 0; i < 10 && fleet.Hosts.Count > 1; i++)
        {
            var (a, b) = (random.Next(fleet.Hosts.Count), random.Next(fleet.Hosts.Count));
            if (a != b) places.Add(new Place(Layer.Pair, Math.Min(a, b), Math.Max(a, b)));
        }

        places.AddRange(Enumerable.Range(0, fleet.Hosts.Count).Select(host => new Place(Layer.Host, host)));
        foreach (var layer in new[] { Layer.Tor, Layer.PodUplinks }) places.AddRange(Enumerable.Range(0, fleet.Pods.Count).Select(pod => new Place(layer, pod)));
        foreach (var layer in new[] { Layer.LeafLayer, Layer.PodsetUplinks }) places.AddRange(Enumerable.Range(0, fleet.Podsets.Count).Select(podset => new Place(layer, podset)));
        for (var dc = 0; dc < fleet.Dcs.Count; dc++)
        {
            places.Add(new Place(Layer.SpineLayer, dc));
            for (var other = dc + 1; other < fleet.Dcs.Count; other++) places.Add(new Place(Layer.DcPair, dc, other));
        }

        return [.. places.Distinct()];
    }
}
