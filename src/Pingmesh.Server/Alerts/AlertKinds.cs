using Pingmesh.Analysis.Incidents;

namespace Pingmesh.Server.Alerts;

/// <summary>The sorts of alerts: one for each kind of incident, one for each threshold, and what the server says of itself.</summary>
public static class AlertKinds
{
    /// <summary>The drop rate of a data center or service is above its threshold.</summary>
    public const string DropRate = "drop-rate";

    /// <summary>The P99 of a data center or service is above its threshold.</summary>
    public const string P99 = "p99";

    /// <summary>A part of Pingmesh itself does not do its work.</summary>
    public const string Watchdog = "watchdog";

    /// <summary>Always firing while the analysis runs: its absence is the alarm.</summary>
    public const string Alive = "alive";

    /// <summary>Sent by hand, to see that a receiver gets it.</summary>
    public const string Test = "test";

    private static readonly Dictionary<IncidentKind, string> Incidents = Enum.GetValues<IncidentKind>().ToDictionary(kind => kind, Kebab);

    /// <summary>The kinds that a receiver can choose among.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Incidents.Values, DropRate, P99, Watchdog];

    /// <summary>The name of a kind of incident, such as <c>black-hole</c>.</summary>
    public static string Name(this IncidentKind kind) => Incidents[kind];

    private static string Kebab(IncidentKind kind) =>
        string.Concat($"{kind}".Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
