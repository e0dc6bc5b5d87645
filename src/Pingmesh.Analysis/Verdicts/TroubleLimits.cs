namespace Pingmesh.Analysis.Verdicts;

/// <summary>From when on something counts as trouble.</summary>
public sealed record TroubleLimits
{
    /// <summary>Loss above which an SLA is broken, 0 to 1; the paper's 1e-3 (section 4.3).</summary>
    public double Loss { get; init; } = 1e-3;

    /// <summary>P99 above which an SLA is broken, milliseconds; the paper's 5.</summary>
    public double P99Milliseconds { get; init; } = 5;

    /// <summary>A rise to less loss than this does not matter.</summary>
    public double LeastLoss { get; init; } = 1e-4;

    /// <summary>Factor by which a figure must have risen to matter.</summary>
    public double Factor { get; init; } = 1.5;

    /// <summary>A rise of latency by less than this does not matter, milliseconds.</summary>
    public double LeastRiseMilliseconds { get; init; } = 0.25;

    /// <summary>How unlikely something must be by chance to count.</summary>
    public double Significance { get; init; } = 1e-3;

    /// <summary>The loss that the probes must be able to rule out before trouble is denied.</summary>
    public double LossToRuleOut { get; init; } = 1e-2;
}
