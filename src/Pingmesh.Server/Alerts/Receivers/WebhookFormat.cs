namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>What a webhook is sent.</summary>
public enum WebhookFormat
{
    /// <summary>Pingmesh's own JSON.</summary>
    Generic = 1,

    /// <summary>Slack's incoming webhooks.</summary>
    Slack,

    /// <summary>PagerDuty's Events API v2.</summary>
    PagerDuty,

    /// <summary>Feishu's (Lark's) custom bots.</summary>
    Feishu,

    /// <summary>DingTalk's custom robots.</summary>
    DingTalk,

    /// <summary>WeCom's group robots.</summary>
    WeCom,
}
