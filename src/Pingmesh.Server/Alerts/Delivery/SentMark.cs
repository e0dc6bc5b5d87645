namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>That a receiver was told that an alert holds.</summary>
/// <param name="Alert">The alert as it was told.</param>
/// <param name="At">When.</param>
internal sealed record SentMark(Alert Alert, DateTimeOffset At);
