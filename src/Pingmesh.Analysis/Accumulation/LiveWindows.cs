using Pingmesh.Core;

namespace Pingmesh.Analysis.Accumulation;

/// <summary>
/// The windows of 10 s of the last minutes, in memory only. Guarded by its <see cref="WindowMemory"/>.
/// </summary>
internal sealed class LiveWindows
{
    private readonly TimeSpan retention;
    private readonly int maxCells;
    private readonly SortedDictionary<long, WindowCells> windows = [];

    /// <summary>No windows; complete from <paramref name="since"/> (Unix seconds) on.</summary>
    public LiveWindows(TimeSpan retention, int maxCells, long since)
    {
        this.retention = retention;
        this.maxCells = maxCells;
        KeptSince = since;
    }

    /// <summary>Windows that start at this time (Unix seconds) or later are all there.</summary>
    public long KeptSince { get; private set; }

    /// <summary>Cells in all windows.</summary>
    public int CellCount => windows.Values.Sum(window => window.Count);

    /// <summary>The window that starts at <paramref name="start"/>; null when it is too old to be kept.</summary>
    public WindowCells? Open(long start, long now)
    {
        if (start < now - (long)retention.TotalSeconds) return null;
        if (!windows.TryGetValue(start, out var window)) windows[start] = window = new WindowCells();
        return window;
    }

    /// <summary>Drops windows that are too old or too many.</summary>
    public void Trim(long now)
    {
        KeptSince = Math.Max(KeptSince, now - (long)retention.TotalSeconds);
        var cells = CellCount;
        while (windows.Count > 0)
        {
            var (start, oldest) = windows.First();
            if (start >= now - (long)retention.TotalSeconds && cells <= maxCells) return;
            windows.Remove(start);
            cells -= oldest.Count;
            KeptSince = Math.Max(KeptSince, start + Windows.LiveSeconds);
        }
    }

    /// <summary>The windows that start in [from, to), oldest first.</summary>
    public List<KeyValuePair<long, WindowCells>> Find(long from, long to) =>
        [.. windows.Where(window => window.Key >= from && window.Key < to)];

    /// <summary>Start of the newest window with data at the time <paramref name="now"/> (Unix seconds); null when there is none.</summary>
    public long? Newest(long now)
    {
        foreach (var (start, window) in windows.Reverse())
        {
            if (start <= now && window.Count > 0) return start;
        }

        return null;
    }
}
