namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>What a receiver is.</summary>
public enum ReceiverKind
{
    /// <summary>Prometheus Alertmanager, API v2.</summary>
    Alertmanager = 1,

    /// <summary>An HTTP address.</summary>
    Webhook,

    /// <summary>A program on the server.</summary>
    Command,
}
