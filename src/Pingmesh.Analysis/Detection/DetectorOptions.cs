namespace Pingmesh.Analysis.Detection;

/// <summary>Settings of the <see cref="Detector"/>.</summary>
public sealed record DetectorOptions
{
    /// <summary>How long an incident must be quiet until it is over.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an incident of an earlier run or another server may be without news until it is taken for over.</summary>
    public TimeSpan Orphaned { get; init; } = TimeSpan.FromMinutes(10);
}
