using Pingmesh.Lab.Faults;

namespace Pingmesh.Lab.Simulation;

/// <summary>A fault of a simulation: what it is, and from when until when.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="At">Where.</param>
/// <param name="Options">How much of it.</param>
/// <param name="From">When it begins, after the start of the simulation.</param>
/// <param name="Until">When it ends; null for never.</param>
public sealed record TimedFault(FaultKind Kind, string At, FaultOptions Options, TimeSpan From, TimeSpan? Until)
{
    /// <summary>Whether it is in force.</summary>
    /// <param name="elapsed">Time since the start of the simulation.</param>
    public bool HoldsAt(TimeSpan elapsed) => elapsed >= From && (Until is null || elapsed < Until);
}
