namespace Pingmesh.Lab.Simulation;

/// <summary>
/// A distribution of RTTs, given by some of its percentiles. Between them it goes straight when the RTT's logarithm is
/// drawn over the logarithm of the share above it, as the tails of measured latencies nearly do (paper, figure 4).
/// </summary>
internal sealed class LatencyCurve
{
    // Beyond the last percentile: at most this many times it.
    private const double Beyond = 1.5;

    private readonly double[] depths;
    private readonly double[] logs;

    /// <summary>The curve through points.</summary>
    /// <param name="points">Quantiles from 0 to below 1, rising, the first one 0, with their RTTs in microseconds.</param>
    public LatencyCurve(params IReadOnlyList<(double Quantile, double Microseconds)> points)
    {
        Points = points;
        depths = [.. points.Select(point => DepthOf(point.Quantile))];
        logs = [.. points.Select(point => Math.Log(point.Microseconds))];
    }

    /// <summary>The points.</summary>
    public IReadOnlyList<(double Quantile, double Microseconds)> Points { get; }

    /// <summary>The RTT at a quantile, microseconds.</summary>
    /// <param name="quantile">From 0 to below 1; also a random number, for a random RTT.</param>
    public double At(double quantile)
    {
        var depth = DepthOf(quantile);
        var i = 1;
        while (i < depths.Length && depths[i] < depth) i++;
        if (i == depths.Length)
        {
            var last = logs[^1] + ((depth - depths[^1]) * (logs[^1] - logs[^2]) / (depths[^1] - depths[^2]));
            return Math.Exp(Math.Min(last, logs[^1] + Math.Log(Beyond)));
        }

        var share = (depth - depths[i - 1]) / (depths[i] - depths[i - 1]);
        return Math.Exp(logs[i - 1] + (share * (logs[i] - logs[i - 1])));
    }

    /// <summary>The share of RTTs up to a value.</summary>
    public double ShareUpTo(double microseconds)
    {
        var log = Math.Log(microseconds);
        if (log <= logs[0]) return 0;
        var i = 1;
        while (i < logs.Length - 1 && logs[i] < log) i++;
        var depth = depths[i - 1] + ((log - logs[i - 1]) / (logs[i] - logs[i - 1]) * (depths[i] - depths[i - 1]));
        return log > logs[^1] + Math.Log(Beyond) ? 1 : 1 - Math.Exp(-depth);
    }

    /// <summary>
    /// The curve that has the given percentiles not at any one time, but over a whole day in which its RTTs are multiplied
    /// by factors: found by correcting each point for what the mixture makes of it.
    /// </summary>
    /// <param name="day">The curve of the whole day.</param>
    /// <param name="factors">The factors, each for an equal share of the day.</param>
    public static LatencyCurve Under(LatencyCurve day, IReadOnlyList<double> factors)
    {
        const int Rounds = 40;
        var curve = day;
        for (var round = 0; round < Rounds; round++)
        {
            var mixed = curve;
            curve = new LatencyCurve([.. day.Points.Select((point, i) =>
                (point.Quantile, i == 0 ? point.Microseconds / factors.Max() : mixed.Points[i].Microseconds * point.Microseconds / QuantileOfMixture(mixed, factors, point.Quantile)))]);
        }

        return curve;
    }

    private static double DepthOf(double quantile) => -Math.Log(1 - quantile);

    private static double QuantileOfMixture(LatencyCurve curve, IReadOnlyList<double> factors, double quantile)
    {
        var (low, high) = (curve.Points[0].Microseconds * factors.Min(), curve.Points[^1].Microseconds * factors.Max() * Beyond);
        for (var i = 0; i < 60; i++)
        {
            var middle = Math.Sqrt(low * high);
            var share = 0.0;
            foreach (var factor in factors) share += curve.ShareUpTo(middle / factor);
            if (share / factors.Count < quantile) low = middle;
            else high = middle;
        }

        return Math.Sqrt(low * high);
    }
}
