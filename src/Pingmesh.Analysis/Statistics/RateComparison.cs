namespace Pingmesh.Analysis.Statistics;

/// <summary>Tells whether a rate rose.</summary>
public static class RateComparison
{
    /// <summary>
    /// How likely at least <paramref name="events"/> of <paramref name="trials"/> are if the true rate is the same as that
    /// of <paramref name="eventsBefore"/> of <paramref name="trialsBefore"/>: the exact conditional test (Przyborowski and
    /// Wilenski, 1940), which asks how all events fall on the two. 1 without events or trials.
    /// </summary>
    public static double ChanceOfRise(long events, long trials, long eventsBefore, long trialsBefore)
    {
        if (trials == 0 || trialsBefore == 0 || events == 0) return 1;
        return BinomialTail.AtLeast(events, events + eventsBefore, (double)trials / (trials + trialsBefore));
    }

    /// <summary>How likely at least <paramref name="events"/> of <paramref name="trials"/> are if the true rate is <paramref name="rate"/>.</summary>
    public static double ChanceOfAtLeast(long events, long trials, double rate) => trials == 0 || events == 0 ? 1 : BinomialTail.AtLeast(events, trials, rate);
}
