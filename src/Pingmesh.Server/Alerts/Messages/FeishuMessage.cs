using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>Feishu's (Lark's) custom bots: a card, and in the body the signature of the time.</summary>
internal static class FeishuMessage
{
    private const int MostBytes = 15_000;

    public static JsonObject Of(Notification notification, string? secret, DateTimeOffset now)
    {
        var json = new JsonObject
        {
            ["msg_type"] = "interactive",
            ["card"] = new JsonObject
            {
                ["config"] = new JsonObject { ["wide_screen_mode"] = true },
                ["header"] = new JsonObject
                {
                    ["title"] = new JsonObject { ["tag"] = "plain_text", ["content"] = MessageText.Title(notification.Alerts) },
                    ["template"] = !notification.IsFiring ? "green" : notification.Severity switch { AlertSeverity.Critical => "red", AlertSeverity.Warning => "orange", _ => "blue" },
                },
                ["elements"] = new JsonArray(new JsonObject
                {
                    ["tag"] = "div", ["text"] = new JsonObject { ["tag"] = "lark_md", ["content"] = MessageText.Markdown(notification.Alerts, MostBytes) },
                }),
            },
        };
        if (secret is null) return json;
        var seconds = now.ToUnixTimeSeconds();
        json["timestamp"] = seconds.ToString(CultureInfo.InvariantCulture);
        json["sign"] = Sign(seconds, secret);
        return json;
    }

    /// <summary>Feishu's signature: the HMAC-SHA256 of nothing, with time and secret as its key.</summary>
    public static string Sign(long seconds, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}\n{secret}")), ReadOnlySpan<byte>.Empty));
}
