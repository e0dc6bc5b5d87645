namespace Pingmesh.Analysis.Statistics;

/// <summary>How far a true rate may be from the one that was seen, given how often it was looked at.</summary>
/// <param name="Low">Lower end, 0 to 1.</param>
/// <param name="High">Upper end, 0 to 1.</param>
public readonly record struct RateInterval(double Low, double High);

/// <summary>Rates of events that do or do not happen.</summary>
public static class Proportion
{
    private const int Steps = 60;

    /// <summary>
    /// The exact interval of Clopper and Pearson (1934) for the true rate of <paramref name="events"/> among
    /// <paramref name="trials"/>: it covers the true rate at least with probability <paramref name="confidence"/>.
    /// Without trials nothing is known, and it is 0 to 1.
    /// </summary>
    public static RateInterval Interval(long events, long trials, double confidence = 0.95)
    {
        if (trials == 0) return new RateInterval(0, 1);
        var tail = (1 - confidence) / 2;
        var low = events == 0 ? 0 : Search(rate => BinomialTail.AtLeast(events, trials, rate) < tail);
        var high = events == trials ? 1 : Search(rate => 1 - BinomialTail.AtLeast(events + 1, trials, rate) > tail);
        return new RateInterval(low, high);
    }

    /// <summary>
    /// The fewest events among <paramref name="trials"/> that are as unlikely as <paramref name="significance"/> if the true
    /// rate is <paramref name="rate"/>; null when even events alone are no such surprise.
    /// </summary>
    public static long? LeastEvents(long trials, double rate, double significance)
    {
        if (trials == 0 || BinomialTail.AtLeast(trials, trials, rate) >= significance) return null;
        long low = 0, high = trials;
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (BinomialTail.AtLeast(middle, trials, rate) < significance) high = middle;
            else low = middle;
        }

        return high;
    }

    // The rate up to which the condition holds. Rates of interest reach down to 1e-9: their logarithm is halved.
    private static double Search(Func<double, bool> holds)
    {
        double low = Math.Log(1e-15), high = 0;
        for (var i = 0; i < Steps; i++)
        {
            var middle = (low + high) / 2;
            if (holds(Math.Exp(middle))) low = middle;
            else high = middle;
        }

        return Math.Exp((low + high) / 2);
    }
}
