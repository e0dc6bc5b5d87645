namespace Pingmesh.Server.Alerts;

/// <summary>How urgent an alert is; a higher number is more urgent.</summary>
public enum AlertSeverity
{
    /// <summary>To know of.</summary>
    Info = 1,

    /// <summary>To look at in working hours.</summary>
    Warning,

    /// <summary>To get up for.</summary>
    Critical,
}

/// <summary>The names of <see cref="AlertSeverity"/>.</summary>
public static class AlertSeverityNames
{
    /// <summary>All names, the least urgent first.</summary>
    public static IReadOnlyList<string> All { get; } = ["info", "warning", "critical"];

    /// <summary>The name, such as <c>critical</c>.</summary>
    public static string Name(this AlertSeverity severity) => All[(int)severity - 1];

    /// <summary>The severity of one of <see cref="All"/>.</summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public static AlertSeverity Parse(string name) => Enumerable.Range(0, All.Count).FirstOrDefault(i => All[i] == name, -1) is >= 0 and var index
        ? (AlertSeverity)(index + 1)
        : throw new ArgumentException($"'{name}' is none of {string.Join(", ", All)}", nameof(name));
}
