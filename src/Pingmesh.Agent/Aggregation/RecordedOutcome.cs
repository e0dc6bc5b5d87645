using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Aggregation;

/// <summary>An outcome with the target it belongs to.</summary>
/// <param name="Target">The target as it was planned when the probe was started.</param>
/// <param name="Outcome">What became of the probe.</param>
public readonly record struct RecordedOutcome(PlannedTarget Target, ProbeOutcome Outcome)
{
    /// <summary>How many times its five-tuple had been tried before, of a <see cref="Confirmation"/>; 0 of an ordinary probe.</summary>
    public byte Confirms { get; init; }
}
