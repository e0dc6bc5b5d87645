namespace Pingmesh.Analysis.Heatmaps;

/// <summary>What a heatmap's cell shows. The numbers and order are part of the API.</summary>
public enum CellState : byte
{
    /// <summary>Nothing was measured: white.</summary>
    NoData = 0,

    /// <summary>Probes, but none succeeded: white too, as in the paper, which draws successful measurements.</summary>
    Unreachable = 1,

    /// <summary>P99 below the yellow threshold, and drops no more than chance.</summary>
    Green = 2,

    /// <summary>P99 between the thresholds.</summary>
    Yellow = 3,

    /// <summary>P99 above the red threshold, or a drop rate significantly above its own.</summary>
    Red = 4,
}

/// <summary>Names of cell states as the API writes them.</summary>
public static class CellStateNames
{
    private static readonly string[] Names = ["no-data", "unreachable", "green", "yellow", "red"];

    /// <summary>The name, such as <c>no-data</c>.</summary>
    public static string Name(this CellState state) => Names[(int)state];
}
