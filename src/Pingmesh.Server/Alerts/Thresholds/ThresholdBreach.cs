using System.Globalization;

namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>A figure of a scope that is above its threshold.</summary>
/// <param name="Scope"><c>dc1</c> or <c>service:NAME</c>.</param>
/// <param name="Kind"><see cref="AlertKinds.DropRate"/> or <see cref="AlertKinds.P99"/>.</param>
/// <param name="Since">When it was first seen above it.</param>
/// <param name="Value">The figure: a share, or milliseconds.</param>
/// <param name="Threshold">The threshold, in the same unit.</param>
/// <param name="Probes">Probes that it is of.</param>
internal sealed record ThresholdBreach(string Scope, string Kind, DateTimeOffset Since, double Value, double Threshold, long Probes)
{
    /// <summary>It in a sentence.</summary>
    public string Sentence => Kind == AlertKinds.DropRate
        ? string.Create(CultureInfo.InvariantCulture, $"drop rate of {Scope} is {Value:G3}, above {Threshold:G3} ({Probes} probes in 5 minutes)")
        : string.Create(CultureInfo.InvariantCulture, $"P99 of {Scope} is {Value:G4} ms, above {Threshold:G4} ms ({Probes} probes in 5 minutes)");

    /// <summary>The fingerprint of its alert.</summary>
    public string Fingerprint => Alert.FingerprintOf("threshold", $"{Kind} {Scope}");

    /// <summary>The alert.</summary>
    public Alert ToAlert(AlertSeverity severity, Uri? page)
    {
        var name = Kind == AlertKinds.DropRate ? "PingmeshDropRateHigh" : "PingmeshLatencyHigh";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertTexts.Name] = name,
            [AlertTexts.Severity] = severity.Name(),
            [AlertTexts.Kind] = Kind,
            [AlertTexts.Scope] = Scope,
        };
        if (Scope.StartsWith(AlertScope.Service, StringComparison.Ordinal)) labels[AlertTexts.Service] = Scope[AlertScope.Service.Length..];
        else labels[AlertTexts.Dc] = Scope;
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertTexts.Summary] = $"The {Sentence}.",
            ["value"] = Value.ToString("R", CultureInfo.InvariantCulture),
            ["threshold"] = Threshold.ToString("R", CultureInfo.InvariantCulture),
            ["probes"] = Probes.ToString(CultureInfo.InvariantCulture),
        };
        if (page is not null) annotations[AlertTexts.Url] = page.ToString();
        return new Alert
        {
            Fingerprint = Fingerprint, Name = name, Kind = Kind, Scope = Scope, Severity = severity, StartsAt = Since, Labels = labels, Annotations = annotations,
        };
    }

    /// <summary>The breach that an alert was made from; null when it was made from something else.</summary>
    public static ThresholdBreach? Of(Alert alert) => alert.Kind is AlertKinds.DropRate or AlertKinds.P99
        ? new ThresholdBreach(alert.Scope, alert.Kind, alert.StartsAt, Number(alert, "value"), Number(alert, "threshold"), (long)Number(alert, "probes"))
        : null;

    private static double Number(Alert alert, string key) => double.TryParse(alert.Annotations.GetValueOrDefault(key), CultureInfo.InvariantCulture, out var value) ? value : 0;
}
