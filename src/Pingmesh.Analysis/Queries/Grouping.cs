using Pingmesh.Analysis.Accumulation;

namespace Pingmesh.Analysis.Queries;

/// <summary>The group that a cell counts for; null when it is not asked for.</summary>
internal delegate ulong? Grouping(RowKey row, int cell);

/// <summary>Two name ids as one number.</summary>
internal static class IdPair
{
    /// <summary>The number of a pair of ids.</summary>
    public static ulong Of(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    /// <summary>The first id of a pair.</summary>
    public static int First(ulong pair) => (int)(pair >> 32);

    /// <summary>The second id of a pair.</summary>
    public static int Second(ulong pair) => (int)pair;
}
