using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;

namespace Pingmesh.UnitTests.Analysis.Detection;

public sealed class FaultSeriesTests
{
    private const double Usual = 1e-4;

    [Fact]
    public void Onset_is_the_first_window_from_which_on_the_loss_is_more_than_usual()
    {
        Assert.Equal(At(5), FaultSeries.Onset(Series(500, 0, 0, 0, 0, 0, 10, 8, 11, 9), Usual));

        // A drop long before, as any fleet has, is no onset.
        Assert.Equal(At(6), FaultSeries.Onset(Series(500, 1, 0, 0, 0, 0, 0, 8, 11, 9), Usual));
        Assert.Equal(At(0), FaultSeries.Onset(Series(500, 9, 11, 8, 10), Usual));
        Assert.Null(FaultSeries.Onset(Series(500, 0, 0, 0), Usual));
        Assert.Null(FaultSeries.Onset([], Usual));

        // All probes fail, from the third window on.
        Assert.Equal(At(2), FaultSeries.Onset(Series(20, 0, 0, 20, 20), Usual));
    }

    [Fact]
    public void Fault_has_cleared_when_probes_that_would_have_told_went_through_well()
    {
        var worst = Worst(500, 10);
        Assert.False(FaultSeries.HasCleared(Series(500, 10, 9, 12), worst, At(3) + 5));
        Assert.True(FaultSeries.HasCleared(Series(500, 10, 9, 0, 0), worst, At(4) + 5));

        // One good window may be chance, and the newest has come in part only.
        Assert.False(FaultSeries.HasCleared(Series(500, 10, 9, 0), worst, At(3) + 5));
        Assert.False(FaultSeries.HasCleared(Series(500, 10, 9, 0, 0), worst, At(4) + 4));

        // Less is not gone.
        Assert.False(FaultSeries.HasCleared(Series(500, 10, 9, 4, 5), worst, At(4) + 5));
    }

    [Fact]
    public void Fault_that_few_probes_meet_has_cleared_after_a_long_silence_only()
    {
        // 2 of 20 probes a window: 8 that are missing take five windows. Of 2 probes in all nothing that is remembered may be bad.
        Assert.False(FaultSeries.HasCleared(Series(20, 2, 2, 0, 0, 0), Worst(20, 2), At(5) + 5));
        Assert.True(FaultSeries.HasCleared(Series(20, 2, 2, 0, 0, 0, 0, 0), Worst(20, 2), At(7) + 5));
        Assert.False(FaultSeries.HasCleared(Series(2, [1, .. new int[15]]), Worst(20, 2), At(16) + 5));
        Assert.False(FaultSeries.HasCleared(Series(2, new int[14]), Worst(20, 2), At(14) + 5));
        Assert.True(FaultSeries.HasCleared(Series(2, new int[15]), Worst(20, 2), At(15) + 5));
    }

    [Fact]
    public void Worst_is_the_minute_with_most_loss_after_the_onset()
    {
        var worst = FaultSeries.Worst(Series(100, 90, 5, 5, 5, 20, 20, 20, 20, 20, 20, 5, 5), At(0));
        Assert.Equal((At(4), 600L, 120L), (worst!.Start.ToUnixTimeSeconds(), worst.Probes, worst.Bad));

        // Too little to say how bad it is.
        Assert.Null(FaultSeries.Worst(Series(100, 0, 2, 2, 2), At(0)));
        Assert.Null(FaultSeries.Worst(Series(100, 0), At(0)));
    }

    [Fact]
    public void Last_bad_window_is_the_last_with_as_much_loss_as_the_fault_makes()
    {
        Assert.Equal(At(1), FaultSeries.LastBad(Series(500, 10, 9, 1, 0), 0.02));
        Assert.Null(FaultSeries.LastBad(Series(500, 0, 0), 0.02));
    }

    [Fact]
    public void Series_counts_the_trouble_at_the_place_and_reads_windows_that_are_complete_once()
    {
        var seen = new SeenProbes(TestMesh.Topology);
        var place = new Place(Layer.Tor, 0);
        for (var i = 0; i < 3; i++)
        {
            seen.Add(0, 2, 10, failed: 2, dropped: 1, window: At(i));
            seen.Add(1, 4, 10, dropped: 1, window: At(i));
            seen.Add(6, 8, 10, failed: 5, window: At(i));
        }

        var series = FaultSeries.Read(seen.View, Plane.Basic, Signal.Loss, place, [], At(3), (source, target, window) => (source, window) == (1, At(1)));
        Assert.Equal([4, 3, 4], series.Select(window => window.Bad));
        Assert.All(series, window => Assert.Equal((20L, 2L), (window.Probes, window.Failed)));

        // Much later the first is as it was read; of another place it is read again.
        var again = FaultSeries.Read(seen.View, Plane.Basic, Signal.Loss, place, [series[0] with { Bad = 7 }], At(30), SeenProbes.Nothing);
        Assert.Equal([7, 4, 4], again.Select(window => window.Bad));
        Assert.Equal([3, 3, 3], FaultSeries.Read(seen.View, Plane.Basic, Signal.Loss, new Place(Layer.Host, 0), again, At(30), SeenProbes.Nothing).Select(window => window.Bad));
    }

    private static long At(int window) => SeenProbes.Start + (10 * window);

    private static List<EvidenceWindow> Series(int probes, params int[] bad) => [.. bad.Select((count, i) => new EvidenceWindow(DateTimeOffset.FromUnixTimeSeconds(At(i)), probes, count, 0))];

    private static Suspicion Worst(int probes, int bad) => new(Plane.Basic, Signal.Loss, new Place(Layer.Tor, 0), probes, bad, 0, Usual, 50, 5, At(0));
}
