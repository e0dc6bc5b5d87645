using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>Pingmesh's own JSON of alerts: what generic webhooks and commands get.</summary>
internal static class AlertJson
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A message.</summary>
    public static JsonObject Of(Notification notification, DateTimeOffset now) => new()
    {
        ["version"] = 1,
        ["receiver"] = notification.Receiver,
        ["group"] = notification.Group,
        ["status"] = notification.IsFiring ? "firing" : "resolved",
        ["severity"] = notification.Severity.Name(),
        ["sent_at"] = Time(now),
        ["alerts"] = new JsonArray([.. notification.Alerts.Select(Of)]),
    };

    /// <summary>An alert.</summary>
    public static JsonObject Of(Alert alert) => new()
    {
        ["fingerprint"] = alert.Fingerprint,
        ["name"] = alert.Name,
        ["status"] = alert.State == AlertState.Firing ? "firing" : "resolved",
        ["severity"] = alert.Severity.Name(),
        ["kind"] = alert.Kind,
        ["scope"] = alert.Scope,
        ["summary"] = alert.Summary,
        ["starts_at"] = Time(alert.StartsAt),
        ["ends_at"] = alert.EndsAt is { } end ? Time(end) : null,
        ["url"] = alert.Annotations.GetValueOrDefault(AlertTexts.Url),
        ["labels"] = Map(alert.Labels),
        ["annotations"] = Map(alert.Annotations),
    };

    /// <summary>Texts by name.</summary>
    public static JsonObject Map(IReadOnlyDictionary<string, string> texts) => new(texts.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value)));

    /// <summary>The bytes of a document.</summary>
    public static byte[] Bytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json, Compact);

    /// <summary>RFC 3339, in UTC.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
