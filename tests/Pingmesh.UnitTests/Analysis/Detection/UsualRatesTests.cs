using Pingmesh.Analysis.Detection;

namespace Pingmesh.UnitTests.Analysis.Detection;

public sealed class UsualRatesTests
{
    private static readonly Place Tor = new(Layer.Tor, 1);

    [Fact]
    public void Rates_start_at_what_healthy_data_centers_have_and_go_to_what_is_seen()
    {
        var usual = new UsualRates();
        Assert.Equal(1e-4, usual.Of(Plane.Basic, Signal.Loss, Span.Podset), 1e-9);
        Assert.Equal(5e-3, usual.Of(Plane.Basic, Signal.Slow, Span.Podset), 1e-9);
        for (var i = 0; i < 100; i++) Learn(usual, bad: 5);

        // Of 1,000 probes a window 5 are lost: much more than the prior's share, within what may be got used to.
        Assert.InRange(usual.Of(Plane.Basic, Signal.Loss, Span.Podset), 1e-3, 2e-3);
        Assert.Equal(1e-4, usual.Of(Plane.Basic, Signal.Loss, Span.Dc), 1e-9);
        Assert.Equal(1e-4, usual.Of(new Plane(true, 0), Signal.Loss, Span.Podset), 1e-9);
    }

    [Fact]
    public void Fleet_that_loses_a_lot_or_nothing_at_all_is_got_used_to_within_limits_only()
    {
        var (bad, good) = (new UsualRates(), new UsualRates());
        for (var i = 0; i < 1_000; i++)
        {
            Learn(bad, bad: 300);
            Learn(good, bad: 0);
        }

        Assert.Equal(2e-3, bad.Of(Plane.Basic, Signal.Loss, Span.Podset));
        Assert.Equal(2e-5, good.Of(Plane.Basic, Signal.Loss, Span.Podset));
        Assert.Equal(5e-3, bad.At(Plane.Basic, Signal.Loss, Tor, 2e-3));

        // A place is never said to be better than its fleet.
        Assert.Equal(1e-4, good.At(Plane.Basic, Signal.Loss, Tor, 1e-4));
        Assert.Equal(1e-4, good.At(Plane.Basic, Signal.Loss, new Place(Layer.Tor, 0), 1e-4));
    }

    [Fact]
    public void What_was_is_forgotten_with_a_half_life_of_an_hour()
    {
        var usual = new UsualRates();
        for (var i = 0; i < 2_000; i++) Learn(usual, bad: 1);
        var before = usual.Of(Plane.Basic, Signal.Loss, Span.Podset);
        for (var i = 0; i < 360; i++) Learn(usual, bad: 0);

        // The prior has its share in both.
        Assert.InRange(usual.Of(Plane.Basic, Signal.Loss, Span.Podset) / before, 0.45, 0.6);
    }

    [Fact]
    public void Nothing_is_learned_of_a_place_under_suspicion()
    {
        var usual = new UsualRates();
        for (var i = 0; i < 200; i++) Learn(usual, bad: 300, suspected: [Tor]);
        Assert.Equal(1e-4, usual.At(Plane.Basic, Signal.Loss, Tor, 1e-4));

        // What is lost there is not laid on its neighbours either.
        Assert.Equal(1e-4, usual.At(Plane.Basic, Signal.Loss, new Place(Layer.Tor, 0), 1e-4));
        Assert.True(usual.Of(Plane.Basic, Signal.Loss, Span.Podset) <= 1e-4);
    }

    // A window of 1,000 probes between the first two pods.
    private static void Learn(UsualRates usual, int bad, IReadOnlyCollection<Place>? suspected = null)
    {
        var seen = new SeenProbes(TestMesh.Topology);
        seen.Add(0, 2, 1_000, dropped: bad);
        usual.Learn(seen.Sums(), Plane.Basic, Signal.Loss, suspected ?? []);
    }
}
