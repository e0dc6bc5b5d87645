using Pingmesh.Analysis.Queries;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>A scope before and during, beside a control group.</summary>
public sealed record Comparison
{
    /// <summary>What it is of, as it was asked for.</summary>
    public required string Of { get; init; }

    /// <summary>The time asked about, in whole windows.</summary>
    public required TimeRange During { get; init; }

    /// <summary>The time it is compared with.</summary>
    public required TimeRange Before { get; init; }

    /// <summary>Probes that the scope's hosts sent; of a pair, those of both directions.</summary>
    public required Change From { get; init; }

    /// <summary>Probes that were sent to the scope's hosts; null for a pair.</summary>
    public required Change? To { get; init; }

    /// <summary>Probes between the control group's pods, which share no host and no top-of-rack switch with the scope; null without a control group.</summary>
    public required Change? Control { get; init; }

    /// <summary>Pods of the control group.</summary>
    public required IReadOnlyList<string> ControlPods { get; init; }

    /// <summary>Whether the scope has trouble.</summary>
    public bool IsBad => From.IsBad || To?.IsBad == true;

    /// <summary>Whether the scope became worse.</summary>
    public bool IsWorse => From.IsWorse || To?.IsWorse == true;

    /// <summary>Whether there are enough probes, in both times, to say that nothing is wrong.</summary>
    public bool IsEnough => From.IsEnough && From.Before.Probes > 0;

    /// <summary>Whether the control group has the same trouble.</summary>
    public bool IsControlBad => Control?.IsBad == true;

    /// <summary>Whether the control group became worse too, and no less than the scope.</summary>
    public bool ControlBecameAsBad => Control is { } control && control.IsWorse
        && (!From.LossRose || control.Loss * 2 > From.Loss)
        && (!From.LatencyRose || control.During.P99Microseconds * 2 > From.During.P99Microseconds);
}
