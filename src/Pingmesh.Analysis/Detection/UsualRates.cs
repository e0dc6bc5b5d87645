using Pingmesh.Core;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// The share of probes in trouble that is usual, of the fleet by span and of each place by itself: means that forget with a half-life,
/// fed while nothing is wrong there.
/// </summary>
internal sealed class UsualRates
{
    private const double HalfLifeSeconds = 3_600;

    // Before anything is known: what the paper measured of healthy data centers (4.2), with a margin; P99.9 is above 5 ms in them (4.1).
    private const double LossPrior = 1e-4;
    private const double SlowPrior = 5e-3;
    private const double PriorProbes = 20_000;

    private static readonly double Keep = Math.Pow(0.5, Windows.LiveSeconds / HalfLifeSeconds);

    private readonly Dictionary<(Plane, Signal, Span), (double Bad, double Probes)> fleet = [];
    private readonly Dictionary<(Plane, Signal, Place), (double Bad, double Probes)> places = [];

    /// <summary>The usual share of probes that climb so high.</summary>
    public double Of(Plane plane, Signal signal, Span span)
    {
        var (bad, probes) = fleet.GetValueOrDefault((plane, signal, span));
        var prior = signal == Signal.Loss ? LossPrior : SlowPrior;
        var rate = (bad + (prior * PriorProbes)) / (probes + PriorProbes);

        // A fleet that loses a lot all the time is not to be got used to.
        return signal == Signal.Loss ? Math.Clamp(rate, 2e-5, 2e-3) : Math.Clamp(rate, 5e-4, 0.1);
    }

    /// <summary>The usual share at a place: its own where that is higher than the fleet's.</summary>
    /// <param name="plane">Which probes.</param>
    /// <param name="signal">What trouble.</param>
    /// <param name="place">Where.</param>
    /// <param name="expected">The share that the fleet's rates give for the probes of the place.</param>
    public double At(Plane plane, Signal signal, Place place, double expected)
    {
        if (!places.TryGetValue((plane, signal, place), out var own)) return expected;

        // Little history is drawn to what is expected.
        var rate = (own.Bad + (expected * PriorProbes)) / (own.Probes + PriorProbes);
        return Math.Clamp(rate, expected, signal == Signal.Loss ? Math.Max(expected, 5e-3) : 0.3);
    }

    /// <summary>Learns from a window.</summary>
    /// <param name="sums">The window, without what has a cause that is known.</param>
    /// <param name="plane">Which probes it is of.</param>
    /// <param name="signal">What trouble.</param>
    /// <param name="suspected">Places where something may be wrong: they, and what goes through them, are not to be learned from.</param>
    public void Learn(PlaceSums sums, Plane plane, Signal signal, IReadOnlyCollection<Place> suspected)
    {
        var bad = new PlaceTrouble(sums.Fleet);
        Span<long> bySpan = stackalloc long[4];
        foreach (var pair in sums.Pairs)
        {
            if (pair.Tally.Bad(signal) == 0 || suspected.Any(place => place.Carries(sums.Fleet, pair.Source, pair.Target))) continue;
            bad.Add(pair, signal);
            bySpan[(int)pair.Span] += pair.Tally.Bad(signal);
        }

        for (var span = 0; span < bySpan.Length; span++)
        {
            if (sums.Of((Span)span) is > 0 and var probes) Learn(fleet, (plane, signal, (Span)span), bySpan[span], probes);
        }

        foreach (var place in PlacesIn(sums.Fleet))
        {
            if (suspected.Any(one => one.Contains(sums.Fleet, place) || place.Contains(sums.Fleet, one))) continue;
            sums.Read(place, bySpan);
            var probes = bySpan[0] + bySpan[1] + bySpan[2] + bySpan[3];
            if (probes > 0) Learn(places, (plane, signal, place), bad.At(place).Bad, probes);
        }
    }

    private static IEnumerable<Place> PlacesIn(Fleet fleet)
    {
        for (var pod = 0; pod < fleet.Pods.Count; pod++)
        {
            yield return new Place(Layer.Tor, pod);
            yield return new Place(Layer.PodUplinks, pod);
        }

        for (var podset = 0; podset < fleet.Podsets.Count; podset++)
        {
            yield return new Place(Layer.LeafLayer, podset);
            yield return new Place(Layer.PodsetUplinks, podset);
        }

        for (var dc = 0; dc < fleet.Dcs.Count; dc++)
        {
            yield return new Place(Layer.SpineLayer, dc);
            for (var other = dc + 1; other < fleet.Dcs.Count; other++) yield return new Place(Layer.DcPair, dc, other);
        }
    }

    private static void Learn<TKey>(Dictionary<TKey, (double Bad, double Probes)> means, TKey key, double bad, double probes)
        where TKey : notnull
    {
        var (badBefore, probesBefore) = means.GetValueOrDefault(key);
        means[key] = ((badBefore * Keep) + bad, (probesBefore * Keep) + probes);
    }
}
