using Pingmesh.Analysis.Statistics;

namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>
/// Which scopes are above their thresholds. A breach begins when it was significant in two looks in a row, and ends after
/// three in a row well below the threshold, so that a figure near it does not flap. Not thread-safe.
/// </summary>
internal sealed class ThresholdWatch
{
    private const double Significance = 1e-3;
    private const int LooksToBegin = 2;
    private const int LooksToEnd = 3;
    private const double WellBelow = 0.8;

    // Without probes nothing is known; after this long what was known does not count any more.
    private const int BlindLooks = 30;

    private readonly ThresholdSettings settings;
    private readonly Dictionary<(string Scope, string Kind), Seen> all = [];

    /// <summary>A watch that goes on with what was breached before a restart.</summary>
    public ThresholdWatch(ThresholdSettings settings, IEnumerable<ThresholdBreach> before)
    {
        this.settings = settings;
        foreach (var breach in before) all[(breach.Scope, breach.Kind)] = new Seen { Breach = breach, IsTold = true };
        Breaches = [.. all.Values.Select(seen => seen.Breach)];
    }

    /// <summary>The breaches of the moment.</summary>
    public IReadOnlyList<ThresholdBreach> Breaches { get; private set; } = [];

    /// <summary>Takes in the next look, about a minute after the last one.</summary>
    public void Look(IReadOnlyList<ThresholdReading> readings, DateTimeOffset now)
    {
        var byScope = readings.ToDictionary(reading => reading.Scope);
        foreach (var reading in readings)
        {
            if (settings.Of(reading.Scope) is not { } limits) continue;
            Judge(reading.Scope, AlertKinds.DropRate, JudgeDrops(reading, limits.DropRate), reading.DropRate, limits.DropRate, reading.Successes, now);
            Judge(reading.Scope, AlertKinds.P99, JudgeLatency(reading, limits.P99.TotalMilliseconds), reading.P99 ?? 0, limits.P99.TotalMilliseconds, reading.Successes, now);
        }

        // A scope that is gone, or that nobody wants watched any more, has no breach.
        foreach (var gone in all.Keys.Where(key => !byScope.ContainsKey(key.Scope) || settings.Of(key.Scope) is null).ToList()) all.Remove(gone);
        Breaches = [.. all.Values.Where(seen => seen.IsTold).Select(seen => seen.Breach)];
    }

    private bool? JudgeDrops(ThresholdReading reading, double limit)
    {
        if (reading.Successes < settings.MinProbes) return null;
        if (reading.DropRate > limit && RateComparison.ChanceOfAtLeast(reading.Drops, reading.Successes, limit) < Significance) return true;
        return reading.DropRate < limit * WellBelow ? false : null;
    }

    private bool? JudgeLatency(ThresholdReading reading, double limit)
    {
        if (reading.Successes < settings.MinProbes || reading.P99 is null) return null;
        if (reading.P99Low > limit) return true;
        return reading.P99 < limit * WellBelow ? false : null;
    }

    // True: significantly above; false: well below; null: neither.
    private void Judge(string scope, string kind, bool? above, double value, double limit, long probes, DateTimeOffset now)
    {
        var key = (scope, kind);
        if (!all.TryGetValue(key, out var seen))
        {
            if (above != true) return;
            all[key] = seen = new Seen { Breach = new ThresholdBreach(scope, kind, now, value, limit, probes) };
        }

        switch (above)
        {
            case true:
                seen.Breach = seen.Breach with { Value = value, Threshold = limit, Probes = probes };
                seen.IsTold |= ++seen.Above >= LooksToBegin;
                seen.Below = seen.Blind = 0;
                break;
            case false:
                seen.Above = seen.Blind = 0;
                if (!seen.IsTold || ++seen.Below >= LooksToEnd) all.Remove(key);
                break;
            default:
                seen.Above = seen.Below = 0;
                if (!seen.IsTold || (probes < settings.MinProbes && ++seen.Blind >= BlindLooks)) all.Remove(key);
                break;
        }
    }

    private sealed class Seen
    {
        public required ThresholdBreach Breach { get; set; }

        public bool IsTold { get; set; }

        public int Above { get; set; }

        public int Below { get; set; }

        public int Blind { get; set; }
    }
}
