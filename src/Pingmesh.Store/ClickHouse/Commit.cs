namespace Pingmesh.Store.ClickHouse;

/// <summary>
/// One line of the commits: the rows tagged <paramref name="Flush"/> count for the window of <paramref name="Level"/> that
/// starts at <paramref name="Start"/>.
/// </summary>
/// <param name="Level">Code of the level; see also the codes of <see cref="Commits"/>.</param>
/// <param name="Start">Start of the window, Unix seconds.</param>
/// <param name="Flush">Tag of the rows.</param>
/// <param name="Replaces">Of a compaction: the flushes whose rows it has merged, which count no more.</param>
/// <param name="Sources">Of a roll-up: how many flushes had written to the windows it was made of.</param>
/// <param name="Journal">Of a mark: the journal.</param>
/// <param name="UpTo">Of a mark: its last position that is taken in.</param>
internal sealed record Commit(int Level, long Start, ulong Flush, IReadOnlyList<ulong> Replaces, ulong Sources = 0, string Journal = "", long UpTo = 0)
{
    /// <summary>Whether a flush wrote it, rather than a compaction or a roll-up.</summary>
    public bool IsOriginal => Replaces.Count == 0 && Sources == 0;
}
