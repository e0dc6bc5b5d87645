namespace Pingmesh.Analysis.Statistics;

/// <summary>The upper tail of the binomial distribution.</summary>
internal static class BinomialTail
{
    // ln k! for k = 0..16; Stirling's series is exact to 1e-13 beyond.
    private static readonly double[] SmallLogFactorials = MakeSmallLogFactorials();

    /// <summary>P(X &gt;= k) for X the number of successes of <paramref name="n"/> trials of probability <paramref name="p"/>, 0 &lt; p &lt; 1.</summary>
    public static double AtLeast(long k, long n, double p)
    {
        if (k <= 0) return 1;
        if (k > n) return 0;

        // Terms grow up to the mean and shrink after it: sum the side on which the first one is the largest.
        if (k <= n * p) return Math.Clamp(1 - SumDown(k - 1, n, p), 0, 1);
        var term = Math.Exp(LogTerm(k, n, p));
        var sum = 0.0;
        for (var i = k; i <= n && term > sum * 1e-17; i++)
        {
            sum += term;
            term *= (n - i) / (i + 1.0) * (p / (1 - p));
        }

        return Math.Min(sum, 1);
    }

    private static double SumDown(long k, long n, double p)
    {
        var term = Math.Exp(LogTerm(k, n, p));
        var sum = 0.0;
        for (var i = k; i >= 0 && term > sum * 1e-17; i--)
        {
            sum += term;
            term *= i / (n - i + 1.0) * ((1 - p) / p);
        }

        return sum;
    }

    private static double LogTerm(long k, long n, double p) =>
        LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k) + (k * Math.Log(p)) + ((n - k) * Math.Log(1 - p));

    private static double LogFactorial(long k)
    {
        if (k < SmallLogFactorials.Length) return SmallLogFactorials[k];
        double x = k;
        var inverse = 1 / x;
        var square = inverse * inverse;
        return ((x + 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + (inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680)))))));
    }

    private static double[] MakeSmallLogFactorials()
    {
        var logs = new double[17];
        for (var k = 2; k < logs.Length; k++) logs[k] = logs[k - 1] + Math.Log(k);
        return logs;
    }
}
