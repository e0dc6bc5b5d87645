using FsCheck.Fluent;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Core;

public class MeasurementTests
{
    [Fact]
    public void Merging_gives_the_same_in_any_order_and_grouping() =>
        Property.Holds(Property.Randoms, random =>
        {
            var parts = Enumerable.Range(0, 5).Select(_ => RandomMeasurements.Of(random, single: false)).ToArray();
            var left = new Measurement();
            foreach (var part in parts) left.Merge(part);
            var (first, second, right) = (new Measurement(), new Measurement(), new Measurement());
            foreach (var part in parts[3..].Reverse()) first.Merge(part);
            foreach (var part in parts[..3]) second.Merge(part);
            right.Merge(first);
            right.Merge(second);
            RandomMeasurements.AssertSame(left, right);
        }, 300);

    [Fact]
    public void Drop_rate_counts_each_connection_once_and_leaves_failures_out()
    {
        // Paper, section 4.2: (one retransmission + two retransmissions) / successful probes.
        var measurement = new Measurement();
        for (var i = 0; i < 7; i++) measurement.AddRtt(200_000);
        measurement.AddDrops(once: 2, more: 1);
        measurement.AddFailures(ProbeError.Timeout, 90);
        Assert.Equal(100, measurement.Probes);
        Assert.Equal(0.3, measurement.DropRate);
        Assert.Equal(90, measurement.FailuresOf(ProbeError.Timeout));
    }

    [Fact]
    public void Measurement_has_no_drop_rate_and_no_quantile_without_successes()
    {
        var measurement = new Measurement();
        measurement.AddFailures(ProbeError.Refused, 3);
        Assert.Null(measurement.DropRate);
        Assert.Null(measurement.Quantile(0.99));
    }

    [Fact]
    public void Quantile_stays_within_the_smallest_and_largest_rtt()
    {
        var measurement = new Measurement();
        measurement.AddRtt(216_000);
        Assert.Equal(216_000, measurement.Quantile(0.5));
        Assert.Equal(216_000, measurement.Quantile(0.99));
    }
}
