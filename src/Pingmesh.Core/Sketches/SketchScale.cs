namespace Pingmesh.Core.Sketches;

/// <summary>
/// The bucket layout of <see cref="Sketch"/>: base-2 exponential at scale 5, 32 buckets an octave. Bucket i holds the
/// values v with 2^(i/32) &lt; v &lt;= 2^((i+1)/32), v in seconds, as OpenTelemetry's exponential histogram of scale 5
/// does (a Prometheus native histogram of schema 5 numbers the same bucket i+1). Bounds come from square roots and
/// products only, which IEEE 754 rounds alike everywhere, so every machine puts a value into the same bucket.
/// </summary>
public static class SketchScale
{
    /// <summary>Buckets an octave.</summary>
    public const int BucketsPerOctave = 32;

    /// <summary>Largest relative error of a bucket's midpoint against any value in it: 2^(1/64) - 1.</summary>
    public const double RelativeError = 0.010889;

    /// <summary>Bucket of the smallest value, 1 ns.</summary>
    public const int MinIndex = -957;

    /// <summary>Bucket of the largest value a sketch takes, <see cref="MaxNanoseconds"/>.</summary>
    public const int MaxIndex = 383;

    /// <summary>Largest value, 4096 s in nanoseconds; larger ones count as this.</summary>
    public const long MaxNanoseconds = 4_096_000_000_000;

    // 2^(k/32) for k = 0..32.
    private static readonly double[] Fractions = MakeFractions();

    /// <summary>The bucket of a duration. Values below 1 ns count as 1 ns, above <see cref="MaxNanoseconds"/> as that.</summary>
    public static int IndexOf(long nanoseconds)
    {
        var seconds = Math.Clamp(nanoseconds, 1, MaxNanoseconds) / 1e9;
        var exponent = Math.ILogB(seconds);
        var fraction = Math.ScaleB(seconds, -exponent);

        // Largest k with 2^(k/32) < fraction; an exact power of two belongs to the bucket below it.
        int low = 0, high = BucketsPerOctave;
        if (fraction <= 1.0) return (exponent * BucketsPerOctave) - 1;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Fractions[middle] < fraction) low = middle;
            else high = middle;
        }

        return (exponent * BucketsPerOctave) + low;
    }

    /// <summary>Upper bound (included) of a bucket, in seconds.</summary>
    public static double UpperBoundSeconds(int index) => PowerOf(index + 1);

    /// <summary>The value, in nanoseconds, that stands for all of a bucket: the geometric middle of its bounds.</summary>
    public static double MidpointNanoseconds(int index) => Math.Sqrt(PowerOf(index) * PowerOf(index + 1)) * 1e9;

    private static double PowerOf(int step)
    {
        var octave = step >= 0 ? step / BucketsPerOctave : -((-step + BucketsPerOctave - 1) / BucketsPerOctave);
        return Math.ScaleB(Fractions[step - (octave * BucketsPerOctave)], octave);
    }

    private static double[] MakeFractions()
    {
        var fractions = new double[BucketsPerOctave + 1];
        fractions[0] = 1;
        fractions[BucketsPerOctave] = 2;
        for (var gap = BucketsPerOctave; gap > 1; gap /= 2)
        {
            for (var k = 0; k < BucketsPerOctave; k += gap)
                fractions[k + (gap / 2)] = Math.Sqrt(fractions[k] * fractions[k + gap]);
        }

        return fractions;
    }
}
