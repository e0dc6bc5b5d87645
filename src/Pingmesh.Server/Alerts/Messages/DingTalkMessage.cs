using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>DingTalk's custom robots: markdown, and in the query the signature of the time.</summary>
internal static class DingTalkMessage
{
    private const int MostBytes = 18_000;

    public static JsonObject Of(Notification notification) => new()
    {
        ["msgtype"] = "markdown",
        ["markdown"] = new JsonObject
        {
            ["title"] = MessageText.Title(notification.Alerts),
            ["text"] = $"### {MessageText.Title(notification.Alerts)}\n\n{MessageText.Markdown(notification.Alerts, MostBytes)}",
        },
    };

    /// <summary>The robot's address with time and signature.</summary>
    public static Uri Signed(Uri url, string? secret, DateTimeOffset now)
    {
        if (secret is null) return url;
        var milliseconds = now.ToUnixTimeMilliseconds();
        var mark = url.Query.Length > 0 ? '&' : '?';
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{url.AbsoluteUri}{mark}timestamp={milliseconds}&sign={Uri.EscapeDataString(Sign(milliseconds, secret))}"));
    }

    /// <summary>DingTalk's signature: the HMAC-SHA256 of time and secret, with the secret as its key.</summary>
    public static string Sign(long milliseconds, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{milliseconds}\n{secret}"))));
}
