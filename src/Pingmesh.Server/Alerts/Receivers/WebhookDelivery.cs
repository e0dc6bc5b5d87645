using System.Net.Http.Headers;
using System.Text;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Messages;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Posts to a webhook, in the form that its service wants.</summary>
internal sealed class WebhookDelivery(ReceiverSettings settings, MessageTemplate? template, HttpPost post, TimeProvider time) : IDelivery
{
    /// <summary>PagerDuty's address.</summary>
    public static readonly Uri PagerDuty = new("https://events.pagerduty.com/v2/enqueue");

    // Codes by which chats say that they were asked too often, which passes.
    private const int FeishuTooMany = 11_232;
    private const int FeishuBusy = 9_499;
    private const int DingTalkTooMany = 130_101;
    private const int WeComTooMany = 45_009;

    /// <inheritdoc/>
    public bool OneByOne => settings.Format == WebhookFormat.PagerDuty;

    /// <inheritdoc/>
    public async Task<DeliveryResult> SendAsync(Notification notification, CancellationToken cancel)
    {
        HttpRequestMessage request;
        try
        {
            request = Request(notification, time.GetUtcNow());
        }
        catch (IOException error)
        {
            return DeliveryResult.Failed(error.Message);
        }
        catch (UriFormatException)
        {
            return DeliveryResult.Failed($"{settings.UrlFile} holds no URL");
        }

        return await post.SendAsync(request, JudgeAnswer(), cancel).ConfigureAwait(false);
    }

    private HttpRequestMessage Request(Notification notification, DateTimeOffset now)
    {
        var secret = SecretFile.Read(settings.SecretFile);
        var url = settings.UrlFile is { } file ? new Uri(SecretFile.Read(file)!) : settings.Urls[0];
        byte[] body;
        if (template is not null) body = Encoding.UTF8.GetBytes(template.Render(notification, now));
        else
        {
            body = AlertJson.Bytes(settings.Format switch
            {
                WebhookFormat.Slack => SlackMessage.Of(notification),
                WebhookFormat.PagerDuty => PagerDutyMessage.Of(notification.Alerts[0], secret ?? ""),
                WebhookFormat.Feishu => FeishuMessage.Of(notification, secret, now),
                WebhookFormat.DingTalk => DingTalkMessage.Of(notification),
                WebhookFormat.WeCom => WeComMessage.Of(notification),
                _ => AlertJson.Of(notification, now),
            });
        }

        if (settings.Format == WebhookFormat.DingTalk) url = DingTalkMessage.Signed(url, secret, now);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        if (settings.Format == WebhookFormat.Generic && secret is not null) request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(secret, now, body));
        if (SecretFile.Read(settings.TokenFile) is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    // The chats of Feishu, DingTalk and WeCom answer 200 to everything, and say in the body whether it was a success.
    private Func<string, DeliveryResult?>? JudgeAnswer() => settings.Format switch
    {
        WebhookFormat.Feishu => text => (HttpPost.Number(text, "code") ?? HttpPost.Number(text, "StatusCode")) switch
        {
            null or 0 => null,
            FeishuTooMany or FeishuBusy => DeliveryResult.Failed(HttpPost.Short(text)),
            _ => DeliveryResult.Refused(HttpPost.Short(text)),
        },
        WebhookFormat.DingTalk or WebhookFormat.WeCom => text => HttpPost.Number(text, "errcode") switch
        {
            null or 0 => null,
            -1 or DingTalkTooMany or WeComTooMany => DeliveryResult.Failed(HttpPost.Short(text)),
            _ => DeliveryResult.Refused(HttpPost.Short(text)),
        },
        _ => null,
    };
}
