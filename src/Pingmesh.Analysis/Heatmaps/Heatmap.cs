using Pingmesh.Analysis.Queries;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>
/// All pod pairs at a glance. The cells are parallel arrays, one entry a measured cell, by source and then target;
/// pairs that are not listed have no data.
/// </summary>
public sealed record Heatmap
{
    /// <summary>The time really covered: whole windows.</summary>
    public required TimeRange Covered { get; init; }

    /// <summary>Whether it comes from the windows of 10 s in memory.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Version of the topology whose pods these are.</summary>
    public required string TopologyVersion { get; init; }

    /// <summary>Paths of all pods of the topology, in its order; sources and targets are indexes of it.</summary>
    public required IReadOnlyList<string> Pods { get; init; }

    /// <summary>Source pods.</summary>
    public required int[] Sources { get; init; }

    /// <summary>Target pods.</summary>
    public required int[] Targets { get; init; }

    /// <summary>Probes, at least 1.</summary>
    public required long[] Probes { get; init; }

    /// <summary>Probes that failed.</summary>
    public required long[] Failures { get; init; }

    /// <summary>Successful probes that needed retransmissions.</summary>
    public required long[] Drops { get; init; }

    /// <summary>Median RTT, microseconds; NaN without RTTs.</summary>
    public required double[] P50Microseconds { get; init; }

    /// <summary>99th percentile of the RTT, microseconds; NaN without RTTs.</summary>
    public required double[] P99Microseconds { get; init; }

    /// <summary>What the cells show.</summary>
    public required CellState[] States { get; init; }
}
