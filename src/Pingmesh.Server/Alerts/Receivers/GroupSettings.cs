namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>What is told in one message.</summary>
public sealed record GroupSettings
{
    /// <summary>Labels that alerts of one message share; none to tell all in one.</summary>
    public IReadOnlyList<string> By { get; init; } = ["dc"];

    /// <summary>How long a message waits for more of its group, 0 s to 10 min; 5 s unless set.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After which time an alert that still holds is told again, 1 min to 7 d; null for never.</summary>
    public TimeSpan? Repeat { get; init; }

    /// <summary>The group of an alert.</summary>
    internal string KeyOf(Alert alert) => string.Join(',', By.Select(label => $"{label}={alert.Labels.GetValueOrDefault(label, "")}"));
}
