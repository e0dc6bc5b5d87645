using Pingmesh.Server.Alerts;

namespace Pingmesh.Server.Observe;

/// <summary>Whether a part of Pingmesh does its work (paper, section 3.5).</summary>
/// <param name="Name">The part.</param>
/// <param name="IsOk">Whether it does; null when that is not known yet.</param>
/// <param name="Detail">By which figures, in a sentence.</param>
/// <param name="Since">Since when it has been so.</param>
internal sealed record WatchdogState(string Name, bool? IsOk, string Detail, DateTimeOffset Since)
{
    private const string AlertName = "PingmeshWatchdog";

    /// <summary>The alert of one that failed.</summary>
    public Alert ToAlert(Uri? page)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [AlertTexts.Summary] = $"Pingmesh itself: {Detail}." };
        if (page is not null) annotations[AlertTexts.Url] = page.ToString();
        return new Alert
        {
            Fingerprint = Alert.FingerprintOf(AlertName, Name),
            Name = AlertName,
            Kind = AlertKinds.Watchdog,
            Scope = AlertScope.Itself,
            Severity = AlertSeverity.Warning,
            StartsAt = Since,
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [AlertTexts.Name] = AlertName,
                [AlertTexts.Severity] = AlertSeverity.Warning.Name(),
                [AlertTexts.Kind] = AlertKinds.Watchdog,
                [AlertTexts.Scope] = AlertScope.Itself,
                [AlertTexts.Watchdog] = Name,
            },
            Annotations = annotations,
        };
    }

    /// <summary>The state that an alert was made from, until it is judged anew; null when it was made from something else.</summary>
    public static WatchdogState? Of(Alert alert) => alert.Kind == AlertKinds.Watchdog && alert.Labels.TryGetValue(AlertTexts.Watchdog, out var name)
        ? new WatchdogState(name, false, alert.Summary, alert.StartsAt)
        : null;
}
