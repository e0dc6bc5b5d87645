using Pingmesh.Analysis.Slas;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Measurements;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.UnitTests.Alerts;

public class ThresholdWatchTests
{
    private static readonly ThresholdSettings Settings = new();

    [Fact]
    public void Drop_rate_is_told_after_two_looks_and_ends_after_three_well_below()
    {
        var watch = new ThresholdWatch(Settings, []);
        Assert.Equal([0, 1, 1, 1, 1, 0], Run(watch, Drops(300), Drops(300), Drops(10), Drops(10), Drops(300), Drops(10), Drops(10), Drops(10)).Where((_, i) => i is 0 or 1 or 3 or 4 or 6 or 7));
    }

    [Fact]
    public void Rate_about_the_threshold_does_not_flap()
    {
        var watch = new ThresholdWatch(Settings, []);

        // 1.02e-3 and 0.98e-3 of 100,000: neither significantly above nor well below.
        Assert.All(Run(watch, [.. Enumerable.Range(0, 20).Select(i => Drops(i % 2 == 0 ? 102 : 98))]), count => Assert.Equal(0, count));
        Run(watch, Drops(300), Drops(300));
        Assert.All(Run(watch, [.. Enumerable.Range(0, 20).Select(i => Drops(i % 2 == 0 ? 102 : 98))]), count => Assert.Equal(1, count));
    }

    [Fact]
    public void Chance_and_few_probes_are_no_breach()
    {
        var watch = new ThresholdWatch(Settings, []);
        Assert.All(Run(watch, Reading(1_000, 3), Reading(1_000, 3), Reading(1_000, 3)), count => Assert.Equal(0, count));
        Assert.All(Run(watch, Reading(150, 100), Reading(150, 100), Reading(150, 100)), count => Assert.Equal(0, count));
        Assert.Equal(1, Run(watch, Reading(1_000, 30), Reading(1_000, 30))[^1]);
    }

    [Fact]
    public void Silence_keeps_a_breach_for_half_an_hour()
    {
        var watch = new ThresholdWatch(Settings, []);
        Run(watch, Drops(300), Drops(300));
        var counts = Run(watch, [.. Enumerable.Repeat(Reading(0, 0), 30)]);
        Assert.Equal(1, counts[28]);
        Assert.Equal(0, counts[29]);
    }

    [Fact]
    public void Scopes_have_thresholds_of_their_own_or_none()
    {
        var settings = Settings with { Scopes = [new("dc1", false, null, null), new("service:*", true, 1e-2, TimeSpan.FromMilliseconds(20))] };
        var watch = new ThresholdWatch(settings, []);
        Assert.All(Run(watch, Drops(300), Drops(300)), count => Assert.Equal(0, count));
        Assert.All(Run(watch, Drops(300) with { Scope = "service:search", P99 = 10, P99Low = 9 }, Drops(300) with { Scope = "service:search", P99 = 10, P99Low = 9 }), count => Assert.Equal(0, count));
        Assert.Equal(2, Run(watch, Drops(3_000) with { Scope = "service:search", P99 = 30, P99Low = 29 }, Drops(3_000) with { Scope = "service:search", P99 = 30, P99Low = 29 })[^1]);
    }

    [Fact]
    public void Breach_survives_a_restart_with_its_beginning()
    {
        var before = Samples.Breach().ToAlert(AlertSeverity.Warning, null);
        var watch = new ThresholdWatch(Settings, [ThresholdBreach.Of(before)!]);
        Assert.Equal(Samples.Breach(), Assert.Single(watch.Breaches));
        Assert.Equal(1, Run(watch, Drops(300))[0]);
        Assert.Equal(before.Fingerprint, watch.Breaches[0].Fingerprint);
        Assert.Equal(before.StartsAt, watch.Breaches[0].Since);
    }

    [Fact]
    public void P99_is_above_its_threshold_only_when_more_slow_probes_are_no_chance()
    {
        // 11 slow ones of 1,000 are nothing, 22 are; the bound must agree with the binomial test itself.
        Assert.Equal(22, Proportion.LeastEvents(1_000, 0.01, 1e-3));
        Assert.True(RateComparison.ChanceOfAtLeast(22, 1_000, 0.01) < 1e-3);
        Assert.True(RateComparison.ChanceOfAtLeast(21, 1_000, 0.01) >= 1e-3);
        Assert.Null(Proportion.LeastEvents(1, 0.01, 1e-3));
        Assert.InRange(Low(slow: 21)!.Value, 900, 1_100);
        Assert.InRange(Low(slow: 22)!.Value, 9_500, 10_500);
        Assert.Null(SlaFigures.Of("dc1", null, new Measurement()).WithBounds(new Measurement()).P99LowMicroseconds);
    }

    private static double? Low(int slow)
    {
        var measurement = new Measurement();
        for (var i = 0; i < 1_000; i++) measurement.AddRtt(i < slow ? 10_000_000 : 1_000_000);
        return SlaFigures.Of("dc1", null, measurement).WithBounds(measurement).P99LowMicroseconds;
    }

    private static ThresholdReading Drops(long drops) => Reading(100_000, drops);

    private static ThresholdReading Reading(long successes, long drops) => new("dc1", successes, drops, 1, 0.9);

    private static List<int> Run(ThresholdWatch watch, params ThresholdReading[] looks)
    {
        var counts = new List<int>();
        foreach (var look in looks)
        {
            watch.Look([look], Samples.Now);
            counts.Add(watch.Breaches.Count);
        }

        return counts;
    }
}
