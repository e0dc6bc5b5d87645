using System.Text.Json.Nodes;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>Prometheus Alertmanager's API v2: a list of alerts.</summary>
internal static class AlertmanagerMessage
{
    // Four times the time between two messages: an Alertmanager that hears nothing any more lets an alert end after it.
    private static readonly TimeSpan HoldsFor = TimeSpan.FromMinutes(4);

    public static JsonArray Of(IReadOnlyList<Alert> alerts, DateTimeOffset now) => new([.. alerts.Select(alert =>
    {
        var json = new JsonObject
        {
            ["labels"] = AlertJson.Map(alert.Labels),
            ["annotations"] = AlertJson.Map(alert.Annotations),
            ["startsAt"] = AlertJson.Time(alert.StartsAt),
            ["endsAt"] = AlertJson.Time(alert.EndsAt ?? now + HoldsFor),
        };
        if (alert.Annotations.TryGetValue(AlertTexts.Url, out var url)) json["generatorURL"] = url;
        return (JsonNode)json;
    })]);
}
