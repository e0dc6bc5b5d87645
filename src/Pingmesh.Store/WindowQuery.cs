namespace Pingmesh.Store;

/// <summary>Which rows of windows to read.</summary>
/// <param name="Level">The level.</param>
/// <param name="From">Start of the first window, Unix seconds.</param>
/// <param name="To">End of the range, Unix seconds: windows that start at it or later are left out.</param>
/// <param name="Row">Name id of the only row wanted; null for all.</param>
public sealed record WindowQuery(WindowLevel Level, long From, long To, int? Row = null);
