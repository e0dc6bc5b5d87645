using Pingmesh.Analysis.Statistics;

namespace Pingmesh.UnitTests.Analysis;

public sealed class ProportionTests
{
    // Clopper and Pearson's bounds in closed form: none of n, all of n; and by R's binom.test.
    [Theory]
    [InlineData(0, 100, 0, 0.036216693)]
    [InlineData(100, 100, 0.963783307, 1)]
    [InlineData(5, 100, 0.016431879, 0.112834909)]
    [InlineData(1, 20, 0.001265089, 0.248732764)]
    [InlineData(0, 0, 0, 1)]
    public void Interval_is_the_exact_one(long events, long trials, double low, double high)
    {
        var interval = Proportion.Interval(events, trials);
        Assert.Equal(low, interval.Low, 6);
        Assert.Equal(high, interval.High, 6);
    }

    [Fact]
    public void Interval_covers_the_true_rate_in_at_least_the_share_of_samples_that_it_promises()
    {
        var random = new Random(3);
        foreach (var (rate, trials) in new[] { (0.001, 2_000), (0.03, 300), (0.4, 40) })
        {
            var covered = 0;
            for (var i = 0; i < 2_000; i++)
            {
                var events = 0;
                for (var trial = 0; trial < trials; trial++) events += random.NextDouble() < rate ? 1 : 0;
                var (low, high) = Proportion.Interval(events, trials);
                covered += low <= rate && rate <= high ? 1 : 0;
            }

            Assert.InRange(covered, 1_880, 2_000);
        }
    }

    [Fact]
    public void Rise_is_told_from_chance()
    {
        Assert.InRange(RateComparison.ChanceOfRise(10, 10_000, 10, 10_000), 0.4, 0.8);
        Assert.InRange(RateComparison.ChanceOfRise(40, 10_000, 10, 10_000), 0, 1e-4);
        Assert.Equal(1, RateComparison.ChanceOfRise(0, 10_000, 10, 10_000));
    }
}
