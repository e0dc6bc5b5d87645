namespace Pingmesh.Core;

/// <summary>The time spans that measurements are merged over. Every window starts at a multiple of its length since the Unix epoch.</summary>
public static class Windows
{
    /// <summary>Length in seconds of an agent's and of a live window.</summary>
    public const int LiveSeconds = 10;

    /// <summary>Length in seconds of the windows of pod pairs and hosts.</summary>
    public const int MinuteSeconds = 60;

    /// <summary>Length in seconds of the windows of host pairs.</summary>
    public const int TenMinuteSeconds = 600;

    /// <summary>Length in seconds of the first roll-up.</summary>
    public const int HourSeconds = 3_600;

    /// <summary>Length in seconds of the second roll-up; days are those of UTC.</summary>
    public const int DaySeconds = 86_400;

    /// <summary>The start of the window of <paramref name="lengthSeconds"/> that holds the Unix time <paramref name="unixSeconds"/>.</summary>
    public static long StartOf(long unixSeconds, int lengthSeconds) =>
        unixSeconds - (((unixSeconds % lengthSeconds) + lengthSeconds) % lengthSeconds);
}
