namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>A message to a receiver.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Group">What its alerts have in common, such as <c>dc=dc1</c>.</param>
/// <param name="Alerts">At least one alert.</param>
internal sealed record Notification(string Receiver, string Group, IReadOnlyList<Alert> Alerts)
{
    /// <summary>Whether any of its alerts holds.</summary>
    public bool IsFiring => Alerts.Any(alert => alert.State == AlertState.Firing);

    /// <summary>The severity of the most urgent alert.</summary>
    public AlertSeverity Severity => Alerts.Max(alert => alert.Severity);
}
