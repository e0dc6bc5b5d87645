using Pingmesh.Analysis.Queries;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>Collects cells and makes a <see cref="Heatmap"/> of them. Cells come by source, then target.</summary>
internal sealed class HeatmapBuilder(HeatmapThresholds thresholds, Baseline? baseline)
{
    private const double NanosecondsPerMicrosecond = 1_000;

    private readonly List<int> sources = [];
    private readonly List<int> targets = [];
    private readonly List<long> probes = [];
    private readonly List<long> failures = [];
    private readonly List<long> drops = [];
    private readonly List<double> p50 = [];
    private readonly List<double> p99 = [];
    private readonly List<double> usual = [];
    private readonly List<CellState> states = [];

    /// <summary>Adds a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="isCutOff">Whether nothing succeeded in the newest window that measured the cell.</param>
    public void Add(in HeatmapCell cell, bool isCutOff = false)
    {
        sources.Add(cell.Source);
        targets.Add(cell.Target);
        probes.Add(cell.Probes);
        failures.Add(cell.Failures);
        drops.Add(cell.Drops);
        p50.Add(cell.P50Nanoseconds / NanosecondsPerMicrosecond ?? double.NaN);
        p99.Add(cell.P99Nanoseconds / NanosecondsPerMicrosecond ?? double.NaN);
        usual.Add(baseline?.Of(cell.Source, cell.Target) ?? double.NaN);
        states.Add(isCutOff ? CellState.Unreachable : thresholds.StateOf(cell.Probes, cell.Probes - cell.Failures, cell.Drops, cell.P99Nanoseconds));
    }

    /// <summary>The heatmap.</summary>
    public Heatmap Build(Coverage coverage, string topologyVersion, HeatmapLevel level, IReadOnlyList<string> scopes) => new()
    {
        Covered = coverage.Covered,
        IsLive = coverage.IsLive,
        IsComplete = coverage.IsComplete,
        TopologyVersion = topologyVersion,
        Level = level,
        Scopes = scopes,
        Sources = [.. sources],
        Targets = [.. targets],
        Probes = [.. probes],
        Failures = [.. failures],
        Drops = [.. drops],
        P50Microseconds = [.. p50],
        P99Microseconds = [.. p99],
        UsualP99Microseconds = [.. usual],
        States = [.. states],
    };
}

/// <summary>A cell with at least one probe.</summary>
/// <param name="Source">Place of the source.</param>
/// <param name="Target">Place of the target.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Failures">Probes that failed.</param>
/// <param name="Drops">Successful probes that needed retransmissions.</param>
/// <param name="P50Nanoseconds">Median RTT, nanoseconds; null without RTTs.</param>
/// <param name="P99Nanoseconds">99th percentile of the RTT, nanoseconds; null without RTTs.</param>
internal readonly record struct HeatmapCell(int Source, int Target, long Probes, long Failures, long Drops, double? P50Nanoseconds, double? P99Nanoseconds);
