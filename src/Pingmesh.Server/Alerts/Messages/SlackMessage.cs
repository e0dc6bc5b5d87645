using System.Text.Json.Nodes;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>Slack's incoming webhooks: a text and an attachment an alert, with a coloured edge.</summary>
internal static class SlackMessage
{
    // Slack shows no more in one message.
    private const int MostAttachments = 20;
    private const int MostText = 2_900;

    public static JsonObject Of(Notification notification) => new()
    {
        ["text"] = Escape(MessageText.Title(notification.Alerts)),
        ["attachments"] = new JsonArray([.. notification.Alerts.Take(MostAttachments).Select(Attachment)]),
    };

    private static JsonObject Attachment(Alert alert)
    {
        var attachment = new JsonObject
        {
            ["color"] = alert.State == AlertState.Resolved ? "#2eb886" : alert.Severity switch { AlertSeverity.Critical => "#d00000", AlertSeverity.Warning => "#daa038", _ => "#439fe0" },
            ["fallback"] = Escape($"[{MessageText.Word(alert)}] {alert.Summary}"),
            ["title"] = Escape($"[{MessageText.Word(alert)}] {alert.Name}"),
            ["text"] = MessageText.Cut(Escape(alert.Summary), MostText),
            ["fields"] = new JsonArray([.. MessageText.Details(alert).Select(detail => new JsonObject
            {
                ["title"] = Escape(detail.Name), ["value"] = MessageText.Cut(Escape(detail.Value), MostText), ["short"] = detail.Value.Length < 40,
            })]),
            ["ts"] = (alert.EndsAt ?? alert.StartsAt).ToUnixTimeSeconds(),
        };
        if (alert.Annotations.TryGetValue(AlertTexts.Url, out var url)) attachment["title_link"] = url;
        return attachment;
    }

    // The three characters of Slack's markup for links and mentions.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
