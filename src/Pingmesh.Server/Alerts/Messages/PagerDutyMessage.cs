using System.Text.Json.Nodes;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>PagerDuty's Events API v2: one event an alert; the end of an alert resolves what its beginning triggered.</summary>
internal static class PagerDutyMessage
{
    // PagerDuty refuses longer summaries.
    private const int MostSummary = 1_024;

    public static JsonObject Of(Alert alert, string routingKey)
    {
        var json = new JsonObject
        {
            ["routing_key"] = routingKey,
            ["event_action"] = alert.State == AlertState.Firing ? "trigger" : "resolve",
            ["dedup_key"] = $"pingmesh-{alert.Fingerprint}",
        };
        if (alert.State == AlertState.Resolved) return json;
        var details = AlertJson.Map(alert.Annotations);
        foreach (var (name, value) in alert.Labels) details[name] = value;
        json["client"] = "Pingmesh";
        json["payload"] = new JsonObject
        {
            ["summary"] = MessageText.Cut(alert.Summary, MostSummary),
            ["source"] = alert.Scope,
            ["severity"] = alert.Severity.Name(),
            ["timestamp"] = AlertJson.Time(alert.StartsAt),
            ["group"] = alert.Labels.GetValueOrDefault(AlertTexts.Dc, alert.Scope),
            ["class"] = alert.Kind,
            ["custom_details"] = details,
        };
        if (alert.Annotations.TryGetValue(AlertTexts.Url, out var url))
        {
            json["client_url"] = url;
            json["links"] = new JsonArray(new JsonObject { ["href"] = url, ["text"] = "Pingmesh" });
        }

        return json;
    }
}
