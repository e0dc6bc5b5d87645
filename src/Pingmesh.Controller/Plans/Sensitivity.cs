namespace Pingmesh.Controller.Plans;

/// <summary>What a number of probes could have shown.</summary>
public static class Sensitivity
{
    private const double Confidence = 0.95;

    /// <summary>
    /// The smallest drop rate, 0 to 1, that would have shown itself at least once among so many successful probes with a
    /// probability of 95 %: about 3 / <paramref name="successes"/>, so that 1e-5 needs 300,000. 1 without probes: nothing could have.
    /// </summary>
    public static double SmallestDropRate(long successes)
    {
        if (successes <= 0) return 1;
        var x = Math.Log(1 - Confidence) / successes;

        // 1 - exp(x), without the loss of digits near 0.
        return x > -1e-5 ? -x - (x * x / 2) : 1 - Math.Exp(x);
    }
}
