using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts.Thresholds;
using Pingmesh.Server.Observe;

namespace Pingmesh.Server.Alerts;

/// <summary>
/// Makes alerts of what is known. One cause is one alert: a breach of a scope around that of an incident which began
/// around the same time is told with the incident's alert, not by itself.
/// </summary>
internal static class AlertComposer
{
    // Thresholds look at five minutes and wait for a second look; incidents may be found before or after that.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(10);

    /// <summary>The alerts that hold, by fingerprint, and of those that do not why.</summary>
    public static (Dictionary<string, Alert> Firing, Dictionary<string, string> Ended) Compose(
        IReadOnlyList<Incident> incidents, IReadOnlyList<ThresholdBreach> breaches, IReadOnlyList<WatchdogState> watchdogs, ThresholdSettings thresholds, Topology topology, Uri? page, DateTimeOffset now)
    {
        var firing = new Dictionary<string, Alert>(StringComparer.Ordinal);
        var ended = new Dictionary<string, string>(StringComparer.Ordinal);
        var folded = new Dictionary<string, List<ThresholdBreach>>(StringComparer.Ordinal);
        foreach (var breach in breaches)
        {
            if (incidents.FirstOrDefault(incident => Explains(incident, breach, thresholds.Severity, topology, now)) is not { } cause)
            {
                firing[breach.Fingerprint] = breach.ToAlert(thresholds.Severity, page);
                continue;
            }

            ended[breach.Fingerprint] = $"it is a part of incident {cause.Id}";
            if (!folded.TryGetValue(cause.Id, out var its)) folded[cause.Id] = its = [];
            its.Add(breach);
        }

        foreach (var incident in incidents)
        {
            var fingerprint = IncidentAlert.FingerprintOf(incident);
            if (IncidentAlert.WhyNot(incident, now) is { } reason) ended[fingerprint] = reason;
            else firing[fingerprint] = IncidentAlert.Of(incident, topology, page, folded.GetValueOrDefault(incident.Id) ?? []);
        }

        foreach (var watchdog in watchdogs.Where(one => one.IsOk == false))
        {
            var alert = watchdog.ToAlert(page);
            firing[alert.Fingerprint] = alert;
        }

        return (firing, ended);
    }

    /// <summary>Whether a breach is a symptom of an incident.</summary>
    internal static bool Explains(Incident incident, ThresholdBreach breach, AlertSeverity severity, Topology topology, DateTimeOffset now)
    {
        // What is told of at least as urgently; a host that is down must not hide a data center that is bad. A silenced incident silences its symptoms.
        if (IncidentAlert.SeverityOf(incident) < severity) return false;
        if (IncidentAlert.WhyNot(incident, now) is not null && !(incident.SilencedUntil > now) && incident.State != IncidentState.Resolved) return false;
        if (incident.Resolved is { } over && now - over > Around) return false;
        if (breach.Since < incident.Onset - Around || breach.Since > incident.LastSymptom + Around) return false;
        return breach.Scope.StartsWith(AlertScope.Service, StringComparison.Ordinal)
            ? incident.Radius.Services.Contains(breach.Scope[AlertScope.Service.Length..])
            : AlertScope.AreRelated(incident.Scope, breach.Scope, topology);
    }
}
