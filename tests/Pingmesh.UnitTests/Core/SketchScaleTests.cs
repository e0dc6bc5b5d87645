using Pingmesh.Core.Sketches;

namespace Pingmesh.UnitTests.Core;

public class SketchScaleTests
{
    [Fact]
    public void Scale_puts_every_value_above_the_lower_and_up_to_the_upper_bound() =>
        Property.Holds(Property.Randoms, random =>
        {
            var nanoseconds = (long)Math.Pow(2, random.NextDouble() * 41.89);
            var index = SketchScale.IndexOf(nanoseconds);
            Assert.InRange(nanoseconds / 1e9, Math.BitIncrement(SketchScale.UpperBoundSeconds(index - 1)), SketchScale.UpperBoundSeconds(index));
        }, 5_000);

    [Fact]
    public void Scale_numbers_buckets_as_OpenTelemetry_does()
    {
        // Data model of exponential histograms: index = ceil(log2(value) * 2^scale) - 1. Math.Log2 itself is off near bounds, so look inside buckets.
        Property.Holds(Property.Randoms, random =>
        {
            var nanoseconds = (long)Math.Pow(2, random.NextDouble() * 41.89) + 1;
            var exact = Math.Log2(nanoseconds / 1e9) * 32;
            if (Math.Abs(exact - Math.Round(exact)) < 1e-9) return;
            Assert.Equal((int)Math.Ceiling(exact) - 1, SketchScale.IndexOf(nanoseconds));
        }, 5_000);
    }

    [Theory]
    [InlineData(1_000_000_000, -1)]
    [InlineData(2_000_000_000, 31)]
    [InlineData(4_000_000_000, 63)]
    [InlineData(500_000_000, -33)]
    [InlineData(125_000_000, -97)]
    [InlineData(1_000_000_001, 0)]
    [InlineData(1, SketchScale.MinIndex)]
    [InlineData(0, SketchScale.MinIndex)]
    [InlineData(-5, SketchScale.MinIndex)]
    [InlineData(SketchScale.MaxNanoseconds, SketchScale.MaxIndex)]
    [InlineData(long.MaxValue, SketchScale.MaxIndex)]
    public void Scale_puts_exact_powers_of_two_into_the_bucket_below_them(long nanoseconds, int index) =>
        Assert.Equal(index, SketchScale.IndexOf(nanoseconds));

    [Fact]
    public void Scale_has_bounds_that_double_every_32_buckets()
    {
        for (var index = SketchScale.MinIndex; index + 32 <= SketchScale.MaxIndex; index++)
        {
            Assert.Equal(SketchScale.UpperBoundSeconds(index) * 2, SketchScale.UpperBoundSeconds(index + 32));
            Assert.InRange(SketchScale.UpperBoundSeconds(index) / Math.Pow(2, (index + 1) / 32.0), 1 - 1e-14, 1 + 1e-14);
        }
    }

    [Fact]
    public void Midpoint_is_within_the_relative_error_of_both_bounds()
    {
        for (var index = SketchScale.MinIndex; index <= SketchScale.MaxIndex; index++)
        {
            var middle = SketchScale.MidpointNanoseconds(index);
            var lower = SketchScale.UpperBoundSeconds(index - 1) * 1e9;
            var upper = SketchScale.UpperBoundSeconds(index) * 1e9;
            Assert.InRange((middle - lower) / lower, 0, SketchScale.RelativeError + 1e-6);
            Assert.InRange((upper - middle) / upper, 0, SketchScale.RelativeError);
        }
    }
}
