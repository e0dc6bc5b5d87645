using Pingmesh.Core;

namespace Pingmesh.Store;

/// <summary>
/// What windows are kept of: who is a row, who is a cell in it, and how long a window is. The first four are written
/// by flushes; the others are roll-ups that the store makes of them. The numbers are stored.
/// </summary>
public enum WindowLevel : byte
{
    /// <summary>1 minute; row = source pod, cells = target pods.</summary>
    PodPair = 1,

    /// <summary>1 minute; row = pod, cells = its hosts, each as the source of probes.</summary>
    HostAsSource = 2,

    /// <summary>1 minute; row = pod, cells = its hosts, each as the target of probes.</summary>
    HostAsTarget = 3,

    /// <summary>10 minutes; row = source host, cells = target hosts.</summary>
    HostPair = 4,

    /// <summary>1 hour of <see cref="PodPair"/>.</summary>
    PodPairHour = 5,

    /// <summary>1 hour of <see cref="HostAsSource"/>.</summary>
    HostAsSourceHour = 6,

    /// <summary>1 hour of <see cref="HostAsTarget"/>.</summary>
    HostAsTargetHour = 7,

    /// <summary>1 hour of <see cref="HostPair"/>.</summary>
    HostPairHour = 8,

    /// <summary>1 day of <see cref="PodPair"/>.</summary>
    PodPairDay = 9,

    /// <summary>1 day of <see cref="HostAsSource"/>.</summary>
    HostAsSourceDay = 10,

    /// <summary>1 day of <see cref="HostAsTarget"/>.</summary>
    HostAsTargetDay = 11,

    /// <summary>1 day of <see cref="HostPair"/>.</summary>
    HostPairDay = 12,
}

/// <summary>How levels are made of each other.</summary>
public static class WindowLevels
{
    private const int Shapes = 4;

    /// <summary>All levels, the shortest windows first.</summary>
    public static IReadOnlyList<WindowLevel> All { get; } = Enum.GetValues<WindowLevel>();

    /// <summary>The levels that flushes write.</summary>
    public static IReadOnlyList<WindowLevel> Written { get; } = [.. All.Where(level => (int)level <= Shapes)];

    /// <summary>The levels that are rolled up from others, the shorter windows first.</summary>
    public static IReadOnlyList<WindowLevel> RolledUp { get; } = [.. All.Where(level => (int)level > Shapes)];

    /// <summary>Length in seconds of the level's windows.</summary>
    public static int LengthSeconds(this WindowLevel level) => (((int)level - 1) / Shapes) switch
    {
        0 => level == WindowLevel.HostPair ? Windows.TenMinuteSeconds : Windows.MinuteSeconds,
        1 => Windows.HourSeconds,
        _ => Windows.DaySeconds,
    };

    /// <summary>The level that this one is rolled up into; null for days.</summary>
    public static WindowLevel? Above(this WindowLevel level) => (int)level + Shapes <= All.Count ? level + Shapes : null;

    /// <summary>The level that this one is rolled up from; null for those that flushes write.</summary>
    public static WindowLevel? Below(this WindowLevel level) => (int)level > Shapes ? level - Shapes : null;
}
