namespace Pingmesh.Store;

/// <summary>How long measurements are kept, by level. What is older is deleted a little at a time.</summary>
public sealed record Retention
{
    /// <summary>Windows of 1 minute; 7 days unless set.</summary>
    public TimeSpan Minute { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Windows of 10 minutes, and noise; 60 days unless set, the paper's two months (section 3.5).</summary>
    public TimeSpan TenMinutes { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Evidence records; 7 days unless set.</summary>
    public TimeSpan Evidence { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The longest of all: measurements older than this are not worth taking in.</summary>
    public TimeSpan Longest => new(Math.Max(Math.Max(Minute.Ticks, TenMinutes.Ticks), Evidence.Ticks));

    /// <summary>How long windows of <paramref name="level"/> are kept.</summary>
    public TimeSpan Of(WindowLevel level) => level == WindowLevel.HostPair ? TenMinutes : Minute;
}
