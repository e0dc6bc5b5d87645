using System.Net.Http.Headers;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Messages;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Posts to one Alertmanager: <c>POST /api/v2/alerts</c>.</summary>
internal sealed class AlertmanagerDelivery(Uri url, string? tokenFile, HttpPost post, TimeProvider time) : IDelivery
{
    private readonly Uri alerts = new($"{url.AbsoluteUri.TrimEnd('/')}/api/v2/alerts");

    /// <inheritdoc/>
    public bool OneByOne => false;

    /// <inheritdoc/>
    public async Task<DeliveryResult> SendAsync(Notification notification, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, alerts) { Content = new ByteArrayContent(AlertJson.Bytes(AlertmanagerMessage.Of(notification.Alerts, time.GetUtcNow()))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            if (SecretFile.Read(tokenFile) is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (IOException error)
        {
            return DeliveryResult.Failed(error.Message);
        }

        return await post.SendAsync(request, null, cancel).ConfigureAwait(false);
    }
}
