using Pingmesh.Analysis.Slas;

namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>What was measured of a scope in the last five minutes.</summary>
/// <param name="Scope"><c>dc1</c> or <c>service:NAME</c>.</param>
/// <param name="Successes">Probes that succeeded.</param>
/// <param name="Drops">Of them, those that needed retransmissions.</param>
/// <param name="P99">P99 of the RTT, milliseconds; null without RTTs.</param>
/// <param name="P99Low">What the true P99 is above, milliseconds; null when too little was measured.</param>
internal sealed record ThresholdReading(string Scope, long Successes, long Drops, double? P99, double? P99Low)
{
    private const double MicrosecondsPerMillisecond = 1_000;

    /// <summary>The reading in the figures of an SLA.</summary>
    public static ThresholdReading Of(string scope, SlaFigures figures) => new(
        scope, figures.Probes - figures.Failures, figures.Drops, figures.P99Microseconds / MicrosecondsPerMillisecond, figures.P99LowMicroseconds / MicrosecondsPerMillisecond);

    /// <summary>Share of the successful probes that needed retransmissions.</summary>
    public double DropRate => Successes == 0 ? 0 : (double)Drops / Successes;
}
