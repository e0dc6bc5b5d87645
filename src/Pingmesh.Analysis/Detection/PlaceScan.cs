namespace Pingmesh.Analysis.Detection;

/// <summary>
/// Finds the places that explain the trouble of a stretch of windows. Each place is a hypothesis: probes through it are in trouble at a rate of
/// its own, all others at the usual one. The one under which the windows are likeliest is taken, its probes are set aside, and the search
/// goes on in what is left, until nothing is significant any more.
/// </summary>
internal static class PlaceScan
{
    // A healthy fleet of 10,000 hosts is looked at some million times a day, at places that share most of their probes: e^-23 is 1e-10.
    private const double Significant = 23;

    private const int MostPlaces = 16;
    private const int FewestBad = 4;
    private const int FewestFailedOfPair = 4;
    private const int FewestSlow = 20;
    private const double AllButNone = 0.9;

    // More than this of a host's trouble with one peer is the pair's.
    private const double ShareOfOnePeer = 0.7;

    /// <summary>Finds places.</summary>
    /// <param name="sums">The windows.</param>
    /// <param name="plane">Which probes they are of.</param>
    /// <param name="signal">What trouble.</param>
    /// <param name="usual">What is usual.</param>
    public static List<Suspicion> Find(PlaceSums sums, Plane plane, Signal signal, UsualRates usual)
    {
        var left = sums.Pairs.Where(pair => pair.Tally.Bad(signal) > 0).ToList();
        var found = new List<Suspicion>();
        while (left.Count > 0 && found.Count < MostPlaces)
        {
            if (Best(sums, left, plane, signal, usual) is not { } best) break;
            found.Add(best);
            left.RemoveAll(pair => best.Place.Carries(sums.Fleet, pair.Source, pair.Target));
        }

        return found;
    }

    /// <summary>The trouble at one place.</summary>
    public static Suspicion Measure(PlaceSums sums, Plane plane, Signal signal, UsualRates usual, Place place)
    {
        var trouble = default(Trouble);
        foreach (var pair in sums.Pairs)
        {
            if (place.Carries(sums.Fleet, pair.Source, pair.Target)) trouble.Add(pair, signal);
        }

        return Judge(sums, place, trouble, plane, signal, usual);
    }

    private static Suspicion? Best(PlaceSums sums, List<PairInTrouble> pairs, Plane plane, Signal signal, UsualRates usual)
    {
        var fleet = sums.Fleet;
        var places = new PlaceTrouble(fleet);
        foreach (var pair in pairs) places.Add(pair, signal);
        Suspicion? best = null;
        var cost = Significant + Math.Log(Math.Max(2, fleet.Hosts.Count));
        foreach (var (place, trouble) in places.All())
        {
            // What concerns one pair only is that pair's.
            if (trouble.Bad < (signal == Signal.Slow ? FewestSlow : FewestBad) || trouble.Pairs < 2) continue;
            var judged = Judge(sums, place, trouble, plane, signal, usual);
            if (!IsWorthTelling(judged)) continue;
            if (judged.Score <= cost || (best is not null && (judged.Score <= best.Score || IsSameTraffic(judged, best)))) continue;
            if (place.Layer == Layer.Host && IsOfOnePeer(pairs, place.A, trouble.Bad, signal)) continue;
            best = judged;
        }

        if (signal == Signal.Loss && BestPair(pairs, fleet, plane) is { } single && (best is null || single.Score > best.Score)) best = single;
        return best;
    }

    // A pair of which all fails. There are so many pairs that only that can be significant.
    private static Suspicion? BestPair(List<PairInTrouble> pairs, Fleet fleet, Plane plane)
    {
        Suspicion? best = null;
        var cost = Significant + (2 * Math.Log(Math.Max(2, fleet.Hosts.Count)));
        foreach (var pair in pairs.Where(pair => pair.Tally.Failed >= AllButNone * pair.Tally.Probes).GroupBy(pair => (Math.Min(pair.Source, pair.Target), Math.Max(pair.Source, pair.Target))).Select(Both))
        {
            var tally = pair.Tally;
            if (tally.Failed < FewestFailedOfPair) continue;
            var score = LogLikelihood(tally.Probes, tally.Failed, 1e-4);
            if (score > cost && (best is null || score > best.Score))
                best = new Suspicion(plane, Signal.Loss, new Place(Layer.Pair, pair.Source, pair.Target), tally.Probes, tally.Failed, tally.Failed, 1e-4, score - cost + Significant, 1, pair.Since);
        }

        return best;
    }

    private static bool IsOfOnePeer(List<PairInTrouble> pairs, int host, long all, Signal signal) =>
        pairs.Where(pair => pair.Source == host || pair.Target == host).GroupBy(pair => pair.Source == host ? pair.Target : pair.Source)
            .Any(peer => peer.Sum(pair => pair.Tally.Bad(signal)) > ShareOfOnePeer * all);

    // Between two podsets, what leaves one enters the other: such places differ in their history only, and the wider one is meant.
    private static bool IsSameTraffic(Suspicion one, Suspicion other) => Math.Abs(one.Probes - other.Probes) <= other.Probes / 500 && Math.Abs(one.Bad - other.Bad) <= other.Bad / 500;

    // What is lost on the way from one to the other fails the probes of both.
    private static PairInTrouble Both(IEnumerable<PairInTrouble> directions)
    {
        var both = default(PairInTrouble);
        foreach (var one in directions)
        {
            if (both.Tally.Probes == 0) both = one;
            else both.Tally.Add(one.Tally);
        }

        return both;
    }

    private static bool IsWorthTelling(Suspicion one) => one.Signal == Signal.Loss ? one.Rate >= 3 * one.Usual : one.Rate >= (2 * one.Usual) + 0.002;

    private static Suspicion Judge(PlaceSums sums, Place place, in Trouble trouble, Plane plane, Signal signal, UsualRates usual)
    {
        Span<long> bySpan = stackalloc long[4];
        sums.Read(place, bySpan);
        var (probes, expected) = (0L, 0.0);
        for (var span = 0; span < bySpan.Length; span++)
        {
            probes += bySpan[span];
            if (bySpan[span] > 0) expected += bySpan[span] * usual.Of(plane, signal, (Span)span);
        }

        probes = Math.Max(probes, trouble.Bad);
        var rate = usual.At(plane, signal, place, probes == 0 ? 0 : Math.Max(expected / probes, 1e-6));
        return new Suspicion(plane, signal, place, probes, trouble.Bad, trouble.Failed, rate, LogLikelihood(probes, trouble.Bad, rate), trouble.Pairs, trouble.Since);
    }

    // Of the maximum-likelihood rate over the usual one; 0 where there is less trouble than usual.
    private static double LogLikelihood(long probes, long bad, double usual)
    {
        if (bad <= probes * usual) return 0;
        var rate = (double)bad / probes;
        var score = bad * Math.Log(rate / usual);
        if (bad < probes) score += (probes - bad) * Math.Log((1 - rate) / (1 - usual));
        return score;
    }
}
