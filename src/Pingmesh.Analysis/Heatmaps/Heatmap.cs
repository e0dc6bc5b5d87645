using Pingmesh.Analysis.Queries;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>
/// All pairs of a level at a glance. The cells are parallel arrays, one entry a measured cell, by source and then target;
/// pairs that are not listed have no data.
/// </summary>
public sealed record Heatmap
{
    /// <summary>The time really covered: whole windows.</summary>
    public required TimeRange Covered { get; init; }

    /// <summary>Whether it comes from the windows of 10 s in memory.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Whether no measurement of that time can come any more.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Version of the topology whose scopes these are.</summary>
    public required string TopologyVersion { get; init; }

    /// <summary>What rows and columns are.</summary>
    public required HeatmapLevel Level { get; init; }

    /// <summary>Names of all rows, in the topology's order; sources and targets are indexes of it.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Sources.</summary>
    public required int[] Sources { get; init; }

    /// <summary>Targets.</summary>
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

    /// <summary>
    /// What P99 was in the day before, microseconds: a fixed threshold hides a jump from 0.3 to 3 ms. NaN where less than
    /// 100 RTTs were measured, or no baseline was asked for.
    /// </summary>
    public required double[] UsualP99Microseconds { get; init; }

    /// <summary>What the cells show.</summary>
    public required CellState[] States { get; init; }
}
