using Pingmesh.Core;

namespace Pingmesh.Analysis.Ingest;

/// <summary>
/// What one upload may hold: more than any agent within <see cref="HardLimits"/> measures, and little enough that no
/// upload can exhaust the collector or overflow a sum.
/// </summary>
public static class BatchLimits
{
    /// <summary>Most windows of a batch: an hour's.</summary>
    public const int Windows = 360;

    /// <summary>Most series of a window.</summary>
    public const int SeriesPerWindow = 192;

    /// <summary>Most rows of all windows together.</summary>
    public const int Rows = 200_000;

    /// <summary>Most probes of one window: twice what the fastest agent may send.</summary>
    public const long ProbesPerWindow = 2L * HardLimits.MaxProbesPerSecond * Core.Windows.LiveSeconds;

    /// <summary>Earlier than this (1 January 2000) no agent has measured anything: such a time is a mistake, not late.</summary>
    public const long OldestUnixSeconds = 946_684_800;

    /// <summary>Most evidence records.</summary>
    public const int Records = 20_000;

    /// <summary>Longest agent version, characters.</summary>
    public const int AgentVersionLength = 200;

    /// <summary>Longest stall of an agent, microseconds: a day, as of a machine that slept.</summary>
    public const long StallMicroseconds = 86_400_000_000;

    /// <summary>Longest RTT, nanoseconds: a little more than the longest time a probe may wait.</summary>
    public static readonly long RttNanoseconds = (long)(HardLimits.MaxProbeTimeout + TimeSpan.FromSeconds(1)).TotalNanoseconds;

    /// <summary>How far ahead of the collector's clock an agent's may be.</summary>
    public static readonly TimeSpan Future = TimeSpan.FromMinutes(10);
}
