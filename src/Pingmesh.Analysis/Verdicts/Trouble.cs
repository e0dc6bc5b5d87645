using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>What of a measurement may be the network's fault.</summary>
/// <param name="Lost">Probes that lost a packet on the way: dropped, timed out, or without a route.</param>
/// <param name="Probes">Probes that could have: all but those that the far or the near host failed by itself.</param>
internal readonly record struct NetworkLoss(long Lost, long Probes)
{
    private static readonly ProbeError[] Errors = [ProbeError.Timeout, ProbeError.NetworkUnreachable, ProbeError.HostUnreachable, ProbeError.TtlExceeded, ProbeError.TooLarge];

    /// <summary>Lost / probes, 0 to 1; 0 without probes.</summary>
    public double Rate => Probes == 0 ? 0 : (double)Lost / Probes;

    /// <summary>The loss in a measurement.</summary>
    public static NetworkLoss Of(Measurement measurement)
    {
        var failed = Errors.Sum(measurement.FailuresOf);
        return new NetworkLoss(measurement.Drops + failed, measurement.Successes + failed);
    }
}

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
