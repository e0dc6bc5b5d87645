namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Picks some of many, evenly spaced. The pick moves on by one with each turn, so that after <see cref="Turns"/> turns each
/// of the many has been picked.
/// </summary>
internal static class Thinning
{
    /// <summary>The positions picked, each from 0 to <paramref name="all"/> - 1, <paramref name="some"/> of them; all in order when they are not more.</summary>
    public static IEnumerable<int> Pick(int all, int some, long turn)
    {
        if (some >= all) return Enumerable.Range(0, all);
        var shift = turn % all;
        return Enumerable.Range(0, some).Select(i => (int)((((long)i * all / some) + shift) % all));
    }

    /// <summary>Turns until each has been picked.</summary>
    public static int Turns(long all, long some) => some >= all || all == 0 ? 1 : some <= 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, (all + some - 1) / some);
}
