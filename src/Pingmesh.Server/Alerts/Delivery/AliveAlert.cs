namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>The alert that always fires while the analysis runs: who gets it raises the alarm when it stops coming.</summary>
internal static class AliveAlert
{
    private const string Name = "PingmeshAlive";

    /// <summary>The alert of a moment.</summary>
    public static Alert At(DateTimeOffset now) => new()
    {
        Fingerprint = Alert.FingerprintOf(Name, ""),
        Name = Name,
        Kind = AlertKinds.Alive,
        Scope = AlertScope.Itself,
        Severity = AlertSeverity.Info,
        StartsAt = now,
        Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AlertTexts.Name] = Name, [AlertTexts.Severity] = AlertSeverity.Info.Name(), [AlertTexts.Kind] = AlertKinds.Alive, [AlertTexts.Scope] = AlertScope.Itself,
        },
        Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [AlertTexts.Summary] = "Pingmesh analyses measurements. When this stops coming, it does not." },
    };
}
