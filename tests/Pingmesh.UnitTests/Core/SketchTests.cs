using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Core.Sketches;

namespace Pingmesh.UnitTests.Core;

public class SketchTests
{
    // Shapes that break estimators: all equal, two far peaks, heavy tails, neighbours of bucket bounds, tiny counts.
    private static readonly Gen<long[]> Durations = Property.Randoms.Select(random =>
    {
        var values = new long[random.Next(1, 400)];
        var shape = random.Next(5);
        var peak = (long)Math.Pow(2, random.NextDouble() * 40) + 1;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = shape switch
            {
                0 => peak,
                1 => random.Next(10) == 0 ? 3_000_000_000 : 216_000,
                2 => (long)Math.Min(200_000 / Math.Pow(1 - random.NextDouble(), 2), SketchScale.MaxNanoseconds),
                3 => (1L << random.Next(1, 41)) + random.Next(-1, 2),
                _ => random.NextInt64(1, peak + 1),
            };
        }

        return values;
    });

    [Fact]
    public void Quantiles_are_within_1_1_percent_of_the_exact_nearest_rank() =>
        Property.Holds(Durations, values =>
        {
            var sketch = Of(values);
            Array.Sort(values);
            foreach (var quantile in new[] { 0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1 })
            {
                var rank = Math.Clamp((int)Math.Ceiling(quantile * values.Length), 1, values.Length);
                var exact = values[rank - 1];
                Assert.InRange(sketch.Quantile(quantile)!.Value, exact * 0.989, exact * 1.011);
            }
        }, 500);

    [Fact]
    public void Merging_is_commutative_and_associative_and_equals_recording_everything_in_one() =>
        Property.Holds(Durations.Three(), three =>
        {
            var (a, b, c) = three;
            var together = Of([.. a, .. b, .. c]);
            AssertSame(together, Merged(Merged(Of(a), Of(b)), Of(c)));
            AssertSame(together, Merged(Of(a), Merged(Of(b), Of(c))));
            AssertSame(together, Merged(Merged(Of(c), Of(a)), Of(b)));
        }, 300);

    [Fact]
    public void Empty_sketch_has_no_quantile() => Assert.Null(new Sketch().Quantile(0.5));

    [Theory]
    [InlineData(SketchScale.MinIndex - 1, 1)]
    [InlineData(SketchScale.MaxIndex + 1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public void Add_refuses_buckets_outside_the_scale_and_populations_that_are_not_positive(int index, long population) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sketch().Add(index, population));

    [Fact]
    public void Add_refuses_to_overflow_and_stays_as_it_was()
    {
        var sketch = new Sketch();
        sketch.Add(5, long.MaxValue);
        Assert.Throws<OverflowException>(() => sketch.Add(6, 1));
        Assert.Equal(1, sketch.BucketCount);
        Assert.Equal(long.MaxValue, sketch.Count);
    }

    private static Sketch Of(long[] values)
    {
        var sketch = new Sketch();
        foreach (var value in values) sketch.Record(value);
        return sketch;
    }

    private static Sketch Merged(Sketch a, Sketch b)
    {
        a.Merge(b);
        return a;
    }

    private static void AssertSame(Sketch expected, Sketch actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.Indexes.ToArray(), actual.Indexes.ToArray());
        Assert.Equal(expected.Populations.ToArray(), actual.Populations.ToArray());
    }
}
