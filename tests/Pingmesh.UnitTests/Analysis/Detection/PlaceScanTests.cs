using Pingmesh.Analysis.Detection;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>Fleets of 3 data centers x 3 podsets x 3 pods x 3 hosts, in which all hosts probe each other.</summary>
public sealed class PlaceScanTests
{
    private const double Healthy = 5e-5;

    public static TheoryData<string, int, int, double> Faults => new()
    {
        { nameof(Layer.Tor), 4, 0, 0.05 }, { nameof(Layer.PodUplinks), 7, 0, 0.05 }, { nameof(Layer.LeafLayer), 2, 0, 0.02 }, { nameof(Layer.PodsetUplinks), 5, 0, 0.02 },
        { nameof(Layer.SpineLayer), 1, 0, 0.02 }, { nameof(Layer.DcPair), 0, 2, 0.02 }, { nameof(Layer.Host), 40, 0, 0.1 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Loss_at_one_place_is_found_there_and_nowhere_else(string layer, int a, int b, double rate)
    {
        var place = new Place(Enum.Parse<Layer>(layer), a, b);
        for (var seed = 0; seed < 5; seed++)
        {
            var seen = Fleet();
            seen.AddLossy(new Random(seed), 10, (source, target) => place.Carries(seen.Fleet, source, target) ? rate : Healthy);
            var one = Assert.Single(Find(seen));
            Assert.Equal(place, one.Place);
            Assert.InRange(one.Rate, 0.7 * rate, 1.3 * rate);
            Assert.Equal(SeenProbes.Start, one.Since);
            Assert.Equal(seen.View.Slots(Plane.Basic, 0, long.MaxValue).Single().Slot.Through(place), one.Probes);
        }
    }

    [Fact]
    public void Pair_of_which_all_probes_fail_is_found_as_that_pair_and_one_that_loses_some_is_not()
    {
        var seen = Fleet();
        seen.AddLossy(new Random(1), 10, (_, _) => Healthy);
        seen.Add(3, 50, 6, failed: 6);
        seen.Add(50, 3, 6, failed: 6);
        seen.Add(10, 60, 6, failed: 2);
        var one = Assert.Single(Find(seen));
        Assert.Equal((Layer.Pair, 3, 50), (one.Place.Layer, Math.Min(one.Place.A, one.Place.B), Math.Max(one.Place.A, one.Place.B)));
        Assert.True(one.Failed >= 10);
    }

    [Fact]
    public void Healthy_fleet_has_no_suspicion_in_any_window()
    {
        var usual = new UsualRates();
        for (var seed = 0; seed < 60; seed++)
        {
            var seen = Fleet();

            // Up to what the worst of the paper's data centers loses (table 1), and more than it has above 5 ms.
            var loss = 1e-4 * (seed % 4);
            seen.AddLossy(new Random(seed), 5, (_, _) => loss);
            seen.AddLossy(new Random(seed), 5, (_, _) => 2e-3, isSlow: true);
            Assert.Empty(Find(seen, usual: usual));
            Assert.Empty(Find(seen, Signal.Slow, usual));
            usual.Learn(seen.Sums(), Plane.Basic, Signal.Loss, []);
            usual.Learn(seen.Sums(), Plane.Basic, Signal.Slow, []);
        }
    }

    [Fact]
    public void Two_faults_at_once_are_both_found_and_nothing_else()
    {
        var (tor, spines) = (new Place(Layer.Tor, 2), new Place(Layer.SpineLayer, 2));
        for (var seed = 0; seed < 5; seed++)
        {
            var seen = Fleet();
            seen.AddLossy(new Random(seed), 10, (source, target) => tor.Carries(seen.Fleet, source, target) ? 0.08 : spines.Carries(seen.Fleet, source, target) ? 0.03 : Healthy);
            Assert.Equal([tor, spines], Find(seen).Select(one => one.Place).OrderBy(place => place.Layer));
        }
    }

    [Fact]
    public void Of_places_that_carry_the_same_probes_the_wider_one_is_taken()
    {
        // All that leaves one of two podsets enters the other, and goes through the spines.
        var seen = new SeenProbes(TestMesh.Build(1, 2, 3, 4));
        var spines = new Place(Layer.SpineLayer, 0);
        seen.AddLossy(new Random(5), 10, (source, target) => spines.Carries(seen.Fleet, source, target) ? 0.05 : Healthy);
        Assert.Equal(spines, Assert.Single(Find(seen)).Place);
    }

    [Fact]
    public void Late_answers_are_found_where_they_come_from_and_are_no_loss()
    {
        var seen = Fleet();
        var host = new Place(Layer.Host, 17);
        seen.AddLossy(new Random(3), 10, (source, target) => host.Carries(seen.Fleet, source, target) ? 0.6 : 2e-3, isSlow: true);
        Assert.Empty(Find(seen));
        var one = Assert.Single(Find(seen, Signal.Slow));
        Assert.Equal((host, 0L), (one.Place, one.Failed));
    }

    [Fact]
    public void Loss_that_is_usual_somewhere_is_not_told_of_and_loss_above_it_is()
    {
        var usual = new UsualRates();
        var place = new Place(Layer.PodsetUplinks, 4);
        for (var seed = 0; seed < 20; seed++)
        {
            var before = Fleet();
            before.AddLossy(new Random(seed), 5, (source, target) => place.Carries(before.Fleet, source, target) ? 2e-3 : Healthy);
            usual.Learn(before.Sums(), Plane.Basic, Signal.Loss, []);
        }

        var (same, worse) = (Fleet(), Fleet());
        same.AddLossy(new Random(99), 20, (source, target) => place.Carries(same.Fleet, source, target) ? 2e-3 : Healthy);
        worse.AddLossy(new Random(99), 20, (source, target) => place.Carries(worse.Fleet, source, target) ? 2e-2 : Healthy);
        Assert.NotEmpty(Find(same));
        Assert.Empty(Find(same, usual: usual));

        // What is usual at the place itself counts against it, so that the leaves below may be named instead.
        Assert.True(Assert.Single(Find(worse, usual: usual)).Place is { A: 4, Layer: Layer.LeafLayer or Layer.PodsetUplinks });
    }

    private static SeenProbes Fleet() => new(TestMesh.Build(3, 3, 3, 3));

    private static List<Suspicion> Find(SeenProbes seen, Signal signal = Signal.Loss, UsualRates? usual = null) => PlaceScan.Find(seen.Sums(), Plane.Basic, signal, usual ?? new UsualRates());
}
