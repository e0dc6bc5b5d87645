using Pingmesh.Analysis.Incidents;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.UnitTests.Alerts;

/// <summary>Incidents, breaches and alerts as tests need them.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>All that breaks JSON, markup or a shell.</summary>
    public const string Awkward = "\"quoted\" \\back\\ {brace} <@U1> & $(id) `x` *b* [l](u)\nline\ttab \u0001 \u2028 机房 🙂";

    public static Incident Incident(
        string scope = "dc1", IncidentKind kind = IncidentKind.SilentDrops, IncidentState state = IncidentState.Confirmed, string tier = "spine", string id = "INC-1", string summary = "dc1-spine1 drops packets.") => new()
        {
            Id = id,
            Key = $"loss|{scope}",
            Version = 1,
            Kind = kind,
            State = state,
            Scope = scope,
            Tier = tier,
            Summary = summary,
            Onset = Now - TimeSpan.FromMinutes(5),
            Detected = Now - TimeSpan.FromMinutes(4),
            LastSymptom = Now,
            Resolved = state == IncidentState.Resolved ? Now : null,
            Radius = new BlastRadius(40, 16, 8, ["search"]),
            Figures = new IncidentFigures(10_000, 120, 0.012, 0.010, 0.014, 1e-5),
            Suspects = [new Suspect("switch", "dc1-spine1", 0.97, 118, 120, 3, 9_000)],
        };

    public static ThresholdBreach Breach(string scope = "dc1", double minutesAgo = 3) => new(scope, AlertKinds.DropRate, Now - TimeSpan.FromMinutes(minutesAgo), 0.004, 0.001, 50_000);

    public static Alert Alert(string key = "one", AlertSeverity severity = AlertSeverity.Critical, string dc = "dc1", string summary = "It is broken.") => new()
    {
        Fingerprint = Pingmesh.Server.Alerts.Alert.FingerprintOf("sample", key),
        Name = "PingmeshSilentDrops",
        Kind = "silent-drops",
        Scope = $"{dc}/{key}",
        Severity = severity,
        StartsAt = Now,
        Labels = new Dictionary<string, string> { ["alertname"] = "PingmeshSilentDrops", ["severity"] = severity.Name(), ["dc"] = dc, ["incident"] = key },
        Annotations = new Dictionary<string, string> { ["summary"] = summary, ["url"] = "https://pingmesh.example.com/#/incidents/1" },
    };

    public static AlertPicture Picture(DateTimeOffset at, params Alert[] firing) => new(at, firing.ToDictionary(alert => alert.Fingerprint), [], true);
}
