using Pingmesh.Core;

namespace Pingmesh.Store;

/// <summary>What windows are kept of: who is a row, who is a cell in it, and how long a window is.</summary>
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
}

/// <summary>The lengths of windows by level.</summary>
public static class WindowLevels
{
    /// <summary>All levels.</summary>
    public static IReadOnlyList<WindowLevel> All { get; } = Enum.GetValues<WindowLevel>();

    /// <summary>Length in seconds of the level's windows.</summary>
    public static int LengthSeconds(this WindowLevel level) =>
        level == WindowLevel.HostPair ? Windows.TenMinuteSeconds : Windows.MinuteSeconds;
}
