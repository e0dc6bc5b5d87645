namespace Pingmesh.Analysis.Regressions;

/// <summary>From when on a P99 counts as risen against what is usual.</summary>
public sealed record RegressionLimits
{
    /// <summary>Factor by which a P99 must have risen to matter.</summary>
    public double Factor { get; init; } = 1.5;

    /// <summary>A rise by less than this does not matter, nanoseconds.</summary>
    public long LeastRiseNanoseconds { get; init; } = 250_000;

    /// <summary>
    /// Chance of a false finding a day, over all looks and scopes, if probes were independent of each other. They are not quite, so that it is well
    /// below the one that could be borne, and a rise must last <see cref="LooksToTell"/> looks on end.
    /// </summary>
    public double FalseADay { get; init; } = 0.1;

    /// <summary>RTTs without which there is no baseline of a scope or of a series.</summary>
    public int LeastUsual { get; init; } = 500;

    /// <summary>RTTs without which a look says nothing.</summary>
    public int LeastRtts { get; init; } = 100;

    /// <summary>Looks on end with a rise that make an incident.</summary>
    public int LooksToTell { get; init; } = 3;

    /// <summary>Looks on end without it that end one.</summary>
    public int LooksToEnd { get; init; } = 5;

    /// <summary>Most scopes that are looked at, the largest first.</summary>
    public int MostScopes { get; init; } = 2_000;

    /// <summary>RTT above which a probe counts as slow where the P99 is usually <paramref name="p99"/>, both nanoseconds.</summary>
    internal long SlowNanoseconds(double p99) => (long)Math.Max(p99 * Factor, p99 + LeastRiseNanoseconds);
}
