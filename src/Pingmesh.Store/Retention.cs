using Pingmesh.Core;

namespace Pingmesh.Store;

/// <summary>How long measurements are kept, by level. What is older is deleted a little at a time.</summary>
public sealed record Retention
{
    /// <summary>Windows of 1 minute; 7 days unless set.</summary>
    public TimeSpan Minute { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Windows of 10 minutes, and noise; 14 days unless set.</summary>
    public TimeSpan TenMinutes { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Windows of 1 hour; 60 days unless set, the paper's two months (section 3.5).</summary>
    public TimeSpan Hour { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Windows of 1 day; 2 years unless set.</summary>
    public TimeSpan Day { get; init; } = TimeSpan.FromDays(730);

    /// <summary>Evidence records; 7 days unless set.</summary>
    public TimeSpan Evidence { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How late a measurement may come; what is later is dropped, and counted. A day unless set, at most
    /// <see cref="LongestLateness"/>: what came late is put into roll-ups as long as the windows they are made of are kept.
    /// </summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The longest <see cref="Lateness"/> that goes with the other times.</summary>
    public TimeSpan LongestLateness
    {
        get
        {
            var beforeHours = Minute < TenMinutes ? Minute : TenMinutes;
            return new TimeSpan(Math.Min((beforeHours - TimeSpan.FromHours(1)).Ticks, (Hour - TimeSpan.FromDays(1)).Ticks));
        }
    }

    /// <summary>
    /// Most bytes of an embedded store; null for no limit. When they are exceeded, what is closest to the end of its
    /// time goes first, down to what late measurements may still belong to.
    /// </summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long windows of <paramref name="level"/> are kept.</summary>
    public TimeSpan Of(WindowLevel level) => level.LengthSeconds() switch
    {
        Windows.MinuteSeconds => Minute,
        Windows.TenMinuteSeconds => TenMinutes,
        Windows.HourSeconds => Hour,
        _ => Day,
    };
}
