using System.Text.Json.Nodes;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.Server.Alerts.Messages;

/// <summary>WeCom's group robots: markdown of at most 4,096 bytes.</summary>
internal static class WeComMessage
{
    private const int MostBytes = 4_000;

    public static JsonObject Of(Notification notification) => new()
    {
        ["msgtype"] = "markdown",
        ["markdown"] = new JsonObject { ["content"] = MessageText.Markdown(notification.Alerts, MostBytes) },
    };
}
