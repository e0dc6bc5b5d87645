using Pingmesh.Analysis.Slas;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>The same probes in two spans of time, and what became worse. Every claim is significant, see <see cref="TroubleLimits"/>.</summary>
public sealed record Change
{
    private const double NanosecondsPerMillisecond = 1e6;

    // A P99 says that 1 % of RTTs are above it.
    private const double AboveP99 = 0.01;
    private const double AboveQuantile = 1 - AboveP99;

    private Change()
    {
    }

    /// <summary>The figures before.</summary>
    public required SlaFigures Before { get; init; }

    /// <summary>The figures during the time that is asked about.</summary>
    public required SlaFigures During { get; init; }

    /// <summary>Share of probes that lost a packet before, 0 to 1: drops, time-outs and missing routes.</summary>
    public required double LossBefore { get; init; }

    /// <summary>The same during.</summary>
    public required double Loss { get; init; }

    /// <summary>What the true loss during may be (95 %).</summary>
    public required RateInterval LossInterval { get; init; }

    /// <summary>Whether loss is above what an SLA allows.</summary>
    public required bool LossBroken { get; init; }

    /// <summary>Whether loss rose.</summary>
    public required bool LossRose { get; init; }

    /// <summary>Whether P99 is above what an SLA allows.</summary>
    public required bool LatencyBroken { get; init; }

    /// <summary>Whether latency rose: more RTTs are well above what P99 was before.</summary>
    public required bool LatencyRose { get; init; }

    /// <summary>Whether there are enough probes to say that nothing is wrong.</summary>
    public required bool IsEnough { get; init; }

    /// <summary>RTT above which a probe counts as slow here, nanoseconds.</summary>
    public required long SlowNanoseconds { get; init; }

    /// <summary>Whether anything is above what an SLA allows, or rose.</summary>
    public bool IsBad => LossBroken || LossRose || LatencyBroken || LatencyRose;

    /// <summary>Whether anything rose.</summary>
    public bool IsWorse => LossRose || LatencyRose;

    /// <summary>Compares two measurements of a scope.</summary>
    internal static Change Of(string scope, Measurement before, Measurement during, TroubleLimits limits)
    {
        var (lossBefore, loss) = (NetworkLoss.Of(before), NetworkLoss.Of(during));
        var interval = Proportion.Interval(loss.Lost, loss.Probes);
        var allowed = (long)(limits.P99Milliseconds * NanosecondsPerMillisecond);
        var slow = before.Quantile(AboveQuantile) is { } p99
            ? (long)Math.Max(p99 * limits.Factor, p99 + (limits.LeastRiseMilliseconds * NanosecondsPerMillisecond))
            : allowed;
        var slowProbes = during.Rtts.CountAbove(slow);
        return new Change
        {
            Before = SlaFigures.Of(scope, null, before),
            During = SlaFigures.Of(scope, null, during),
            LossBefore = lossBefore.Rate,
            Loss = loss.Rate,
            LossInterval = interval,
            LossBroken = loss.Rate > limits.Loss && RateComparison.ChanceOfAtLeast(loss.Lost, loss.Probes, limits.Loss) < limits.Significance,
            LossRose = loss.Rate > limits.LeastLoss && loss.Rate > lossBefore.Rate * limits.Factor
                && RateComparison.ChanceOfRise(loss.Lost, loss.Probes, lossBefore.Lost, lossBefore.Probes) < limits.Significance,
            LatencyBroken = during.Quantile(AboveQuantile) > allowed
                && RateComparison.ChanceOfAtLeast(during.Rtts.CountAbove(allowed), during.Rtts.Count, AboveP99) < limits.Significance,
            LatencyRose = during.Quantile(AboveQuantile) > slow
                && RateComparison.ChanceOfRise(slowProbes, during.Rtts.Count, before.Rtts.CountAbove(slow), before.Rtts.Count) < limits.Significance,
            IsEnough = loss.Probes > 0 && interval.High <= limits.LossToRuleOut,
            SlowNanoseconds = Math.Min(slow, allowed),
        };
    }
}
