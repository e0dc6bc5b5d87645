using System.Globalization;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.Server.Alerts;

/// <summary>What an incident is as an alert.</summary>
internal static class IncidentAlert
{
    private static readonly string[] Switches = ["tor", "leaf", "spine", "border"];

    /// <summary>
    /// How urgent an incident is. What hits whole scopes or goes through a switch is critical, a single host is only to know
    /// of: its service has checks of its own.
    /// </summary>
    public static AlertSeverity SeverityOf(Incident incident) => incident.Kind switch
    {
        IncidentKind.ScopeDown or IncidentKind.Partition => AlertSeverity.Critical,
        IncidentKind.HostDown or IncidentKind.SlowHost => AlertSeverity.Info,
        IncidentKind.Latency or IncidentKind.PayloadLatency => AlertSeverity.Warning,
        _ => Switches.Contains(incident.Tier) || incident.Radius.Pods > 1 ? AlertSeverity.Critical : AlertSeverity.Warning,
    };

    /// <summary>Why an incident makes no alert now; null when it makes one.</summary>
    public static string? WhyNot(Incident incident, DateTimeOffset now) => incident switch
    {
        { State: IncidentState.Resolved } => $"the incident was resolved at {Time(incident.Resolved ?? incident.LastSymptom)}",
        _ when incident.SilencedUntil > now => $"silenced until {Time(incident.SilencedUntil.Value)}",
        { State: IncidentState.Open } when SeverityOf(incident) < AlertSeverity.Critical => "not confirmed yet",
        _ => null,
    };

    /// <summary>The fingerprint of an incident's alert.</summary>
    public static string FingerprintOf(Incident incident) => Alert.FingerprintOf("incident", incident.Id);

    /// <summary>The alert.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="topology">Where hosts are.</param>
    /// <param name="page">The page to link to; null for no link.</param>
    /// <param name="also">Breaches that it explains.</param>
    public static Alert Of(Incident incident, Topology topology, Uri? page, IReadOnlyList<ThresholdBreach> also)
    {
        var name = $"Pingmesh{incident.Kind}";
        var severity = SeverityOf(incident);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertTexts.Name] = name,
            [AlertTexts.Severity] = severity.Name(),
            [AlertTexts.Kind] = incident.Kind.Name(),
            [AlertTexts.Scope] = incident.Scope,
            [AlertTexts.Incident] = incident.Id,
        };
        if (AlertScope.DcOf(incident.Scope, topology) is { } dc) labels[AlertTexts.Dc] = dc;
        if (incident.Acknowledged is not null) labels[AlertTexts.Acknowledged] = "true";
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertTexts.Summary] = incident.Summary,
            ["tier"] = incident.Tier,
            ["state"] = $"{incident.State}".ToLowerInvariant(),
            ["radius"] = string.Create(CultureInfo.InvariantCulture, $"{incident.Radius.HostPairs} host pairs, {incident.Radius.Hosts} hosts, {incident.Radius.Pods} pods"),
            ["figures"] = FiguresOf(incident.Figures),
        };
        if (incident.Radius.Services.Count > 0) annotations["services"] = string.Join(", ", incident.Radius.Services);
        if (incident.Suspects.Count > 0) annotations["suspects"] = string.Join(", ", incident.Suspects.Take(3).Select(suspect => string.Create(CultureInfo.InvariantCulture, $"{suspect.Kind} {suspect.Name} ({100 * suspect.Score:F0} %)")));
        else if (incident.NotEnoughEvidence is { } reason) annotations["suspects"] = reason;
        if (incident.Reproducer is { } shown) annotations["reproducer"] = $"at {shown.Host}, fails: {shown.Fails}; passes: {shown.Passes}";
        if (incident.Acknowledged is { } by) annotations["acknowledged_by"] = by.By;
        if (also.Count > 0) annotations[AlertTexts.Also] = string.Join("; ", also.Select(breach => breach.Sentence));
        if (page is not null) annotations[AlertTexts.Url] = new Uri(page, $"#/incidents/{Uri.EscapeDataString(incident.Id)}").ToString();
        return new Alert
        {
            Fingerprint = FingerprintOf(incident),
            Name = name,
            Kind = incident.Kind.Name(),
            Scope = incident.Scope,
            Severity = severity,
            StartsAt = incident.Onset,
            Labels = labels,
            Annotations = annotations,
        };
    }

    private static string FiguresOf(IncidentFigures figures)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{figures.Bad} of {figures.Probes} probes, {100 * figures.Rate:G3} % (95 %: {100 * figures.RateLow:G2} to {100 * figures.RateHigh:G2} %), usually {100 * figures.Usual:G2} %");
        return figures.P99Microseconds is { } p99 ? string.Create(CultureInfo.InvariantCulture, $"{text}; P99 {p99 / 1_000:F2} ms, usually {figures.UsualP99Microseconds / 1_000:F2} ms") : text;
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
