using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;

namespace Pingmesh.UnitTests.Agent;

/// <summary>Outcomes of probes for tests.</summary>
internal static class Outcomes
{
    /// <summary>A Unix time in seconds at which a window starts.</summary>
    public const long Start = 1_800_000_000;

    public static RecordedOutcome Good(PlannedTarget target, long microseconds = 200, double second = 1) =>
        new(target, Of(second) with { RttNanoseconds = microseconds * 1_000 });

    public static RecordedOutcome Failed(PlannedTarget target, ProbeError error = ProbeError.Timeout, double second = 1) =>
        new(target, Of(second) with { Error = error, Retransmissions = 2 });

    public static RecordedOutcome Dropped(PlannedTarget target, byte retransmissions = 1, double second = 1) =>
        new(target, Of(second) with { Retransmissions = retransmissions, LossDirection = LossDirection.Return });

    private static ProbeOutcome Of(double second) => new()
    {
        Target = 0,
        StartedUnixMicroseconds = (Start * 1_000_000) + (long)(second * 1e6),
        SourcePort = 40_000,
        Error = ProbeError.None,
        Retransmissions = 0,
    };
}
