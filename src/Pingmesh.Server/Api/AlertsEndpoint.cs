using Pingmesh.Server.Alerts;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/alerts</c>: the alerts of the moment.</summary>
internal sealed class AlertsEndpoint(Alerting alerting)
{
    public IReadOnlyList<AlertResponse> Get() =>
        [.. alerting.Picture.Firing.Values.OrderByDescending(alert => alert.Severity).ThenBy(alert => alert.StartsAt).Concat(alerting.Picture.Resolved).Select(AlertResponse.Of)];
}

/// <summary>An alert.</summary>
/// <param name="Fingerprint">The same for the same cause as long as it lasts.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Kind">What sort it is.</param>
/// <param name="Scope">What it is about.</param>
/// <param name="StartsAt">When it began.</param>
/// <param name="EndsAt">When it was over; null while it holds.</param>
/// <param name="Labels">What receivers sort by.</param>
/// <param name="Annotations">What people read.</param>
internal sealed record AlertResponse(
    string Fingerprint, string Name, string Status, string Severity, string Kind, string Scope, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations)
{
    public static AlertResponse Of(Alert alert) => new(
        alert.Fingerprint, alert.Name, alert.State == AlertState.Firing ? "firing" : "resolved", alert.Severity.Name(), alert.Kind, alert.Scope, alert.StartsAt, alert.EndsAt, alert.Labels, alert.Annotations);
}
