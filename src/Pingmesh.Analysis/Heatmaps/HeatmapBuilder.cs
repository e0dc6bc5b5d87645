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

    /// <summary>Adds a cell with at least one probe.</summary>
    /// <param name="source">Place of the source.</param>
    /// <param name="target">Place of the target.</param>
    /// <param name="cell">What was measured.</param>
    /// <param name="isCutOff">Whether nothing succeeded in the newest window that measured the cell.</param>
    public void Add(int source, int target, CellTally cell, bool isCutOff = false)
    {
        var high = cell.Quantile(0.99);
        sources.Add(source);
        targets.Add(target);
        probes.Add(cell.Probes);
        failures.Add(cell.Failures);
        drops.Add(cell.Drops);
        p50.Add(cell.Quantile(0.50) / NanosecondsPerMicrosecond ?? double.NaN);
        p99.Add(high / NanosecondsPerMicrosecond ?? double.NaN);
        usual.Add(baseline?.Of(source, target) ?? double.NaN);
        states.Add(isCutOff ? CellState.Unreachable : thresholds.StateOf(cell.Probes, cell.Probes - cell.Failures, cell.Drops, high));
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
