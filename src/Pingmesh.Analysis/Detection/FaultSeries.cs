using Pingmesh.Analysis.Incidents;
using Pingmesh.Core;

namespace Pingmesh.Analysis.Detection;

/// <summary>How the trouble at a fault's place goes, window by window.</summary>
internal static class FaultSeries
{
    // Probes in trouble that must be missing before it is said that the trouble has gone.
    private const double Missing = 8;
    private const double StillThere = 0.25;

    // Windows that may still be added to.
    private const int OpenSeconds = 40;

    /// <summary>The windows that are remembered, oldest first; those that were read before are not read again once they are complete.</summary>
    public static IReadOnlyList<EvidenceWindow> Read(
        ProbeMemoryView view, Plane plane, Signal signal, Place place, IReadOnlyList<EvidenceWindow> before, long now, Func<int, int, long, bool> isOfHosts)
    {
        var known = before.ToDictionary(window => window.Start.ToUnixTimeSeconds());
        var series = new List<EvidenceWindow>();
        foreach (var (start, slot) in view.Slots(plane, 0, long.MaxValue))
        {
            if (start < now - OpenSeconds && known.TryGetValue(start, out var window) && window.Place == place)
            {
                series.Add(window);
                continue;
            }

            var (bad, failed) = (0L, 0L);
            foreach (var (key, tally) in slot.Pairs)
            {
                var (source, target) = PlaneSlot.PairOf(key);
                if (tally.Bad(signal) == 0 || !place.Carries(view.Fleet, source, target) || isOfHosts(source, target, start)) continue;
                bad += tally.Bad(signal);
                failed += signal == Signal.Loss ? tally.Failed : 0;
            }

            series.Add(new EvidenceWindow(DateTimeOffset.FromUnixTimeSeconds(start), Math.Max(bad, slot.Through(place)), bad, failed) { Place = place });
        }

        return series;
    }

    /// <summary>Start of the first window with trouble, Unix seconds: the one from which on a rate of its own is likeliest. Null without any.</summary>
    public static long? Onset(IReadOnlyList<EvidenceWindow> series, double usual)
    {
        var (best, onset) = (0.0, (long?)null);
        var (probes, bad) = (0L, 0L);
        for (var i = series.Count - 1; i >= 0; i--)
        {
            probes += series[i].Probes;
            bad += series[i].Bad;
            if (bad <= usual * probes) continue;
            var rate = (double)bad / probes;
            var score = (bad * Math.Log(rate / usual)) + (bad < probes ? (probes - bad) * Math.Log((1 - rate) / (1 - usual)) : 0);
            if (score > best) (best, onset) = (score, series[i].Start.ToUnixTimeSeconds());
        }

        return onset;
    }

    /// <summary>Start of the last window with as much trouble as the fault makes, Unix seconds; null when there is none.</summary>
    public static long? LastBad(IReadOnlyList<EvidenceWindow> series, double rate) =>
        series.LastOrDefault(window => window.Bad > 0 && window.Bad >= 0.3 * rate * window.Probes)?.Start.ToUnixTimeSeconds();

    /// <summary>Windows since <paramref name="from"/> (Unix seconds) with as much trouble as the whole has.</summary>
    public static int CountBad(IReadOnlyList<EvidenceWindow> series, double rate, long from) =>
        series.Count(window => window.Start.ToUnixTimeSeconds() >= from && window.Bad > 0 && window.Bad >= 0.3 * rate * window.Probes);

    /// <summary>The minute with most trouble since the onset.</summary>
    public static EvidenceWindow? Worst(IReadOnlyList<EvidenceWindow> series, long onset)
    {
        const int windows = 6;
        var since = series.Where(window => window.Start.ToUnixTimeSeconds() > onset).ToList();
        EvidenceWindow? worst = null;
        for (var i = 0; i + 2 <= since.Count; i++)
        {
            var minute = since.Skip(i).Take(windows).ToList();
            var sum = minute[0] with { Probes = minute.Sum(one => one.Probes), Bad = minute.Sum(one => one.Bad), Failed = minute.Sum(one => one.Failed) };

            // A short stretch of few probes may look worse than it is.
            if (sum.Bad < 8 || (minute.Count < windows && worst is not null)) continue;
            if (worst is null || (double)sum.Bad / sum.Probes > (double)worst.Bad / worst.Probes) worst = sum;
        }

        return worst;
    }

    /// <summary>Whether as many probes as would have told went through without the trouble.</summary>
    public static bool HasCleared(IReadOnlyList<EvidenceWindow> series, Suspicion worst, long now)
    {
        var (probes, bad, windows) = (0L, 0L, 0);

        // The newest window has come in part only, and probes that fail come last.
        foreach (var window in series.Reverse())
        {
            if (window.Start.ToUnixTimeSeconds() + Windows.LiveSeconds > now - 5) continue;
            probes += window.Probes;
            bad += window.Bad;
            windows++;
            var excess = (worst.Rate - worst.Usual) * probes;
            if (windows < 2 || excess < Missing) continue;
            return bad - (worst.Usual * probes) <= StillThere * excess;
        }

        // So few probes go there that nothing but their silence can tell.
        return windows >= 15 && bad == 0;
    }
}
