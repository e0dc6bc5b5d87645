using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>What the rows and columns of a heatmap are.</summary>
public enum HeatmapLevel
{
    /// <summary>Pods.</summary>
    Pod,

    /// <summary>Podsets.</summary>
    Podset,

    /// <summary>Data centers.</summary>
    Dc,

    /// <summary>Hosts, from windows of 10 minutes.</summary>
    Host,
}

/// <summary>Which heatmap to draw.</summary>
/// <param name="Range">Over which time; null for the live view, see <see cref="Slas.SlaQuery"/> about ranges.</param>
/// <param name="Level">What rows and columns are.</param>
/// <param name="Scope">Only what is in this scope; hosts need one with no more than <see cref="HeatmapReader.MostHosts"/>.</param>
/// <param name="Series">The only series that count.</param>
/// <param name="WithBaseline">Whether each cell is to be shown beside the day before the range; the live view does so by itself.</param>
public sealed record HeatmapQuery(
    TimeRange? Range = null, HeatmapLevel Level = HeatmapLevel.Pod, Subject? Scope = null, SeriesFilter Series = default, bool WithBaseline = false);
