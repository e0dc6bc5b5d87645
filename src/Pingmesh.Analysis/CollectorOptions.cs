using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Store;

namespace Pingmesh.Analysis;

/// <summary>Settings of a <see cref="Collector"/>; the defaults are good for a fleet of some thousand hosts.</summary>
public sealed record CollectorOptions
{
    /// <summary>Most uploads that wait; more are refused as busy.</summary>
    public int QueueLength { get; init; } = 1_024;

    /// <summary>Most bytes of uploads that wait; more are refused as busy.</summary>
    public long QueueBytes { get; init; } = 64L << 20;

    /// <summary>Time between two flushes of memory to the store.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of measurements in memory from which a flush begins early; at four times as many, uploads are refused.</summary>
    public long FlushBytes { get; init; } = 256L << 20;

    /// <summary>How long windows of 10 s are kept.</summary>
    public TimeSpan LiveRetention { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most cells of windows of 10 s; the oldest windows go first.</summary>
    public int LiveCells { get; init; } = 4_000_000;

    /// <summary>How long after its end a window's parts are merged: most late data has come by then.</summary>
    public TimeSpan CompactAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the batches of an idle epoch are remembered.</summary>
    public TimeSpan EpochMemory { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most names of hosts and addresses that are in no topology; more share one name.</summary>
    public int UnknownNames { get; init; } = 100_000;

    /// <summary>How long measurements are kept.</summary>
    public Retention Retention { get; init; } = new();

    /// <summary>When a heatmap's cell is green, yellow or red.</summary>
    public HeatmapThresholds Thresholds { get; init; } = new();
}
