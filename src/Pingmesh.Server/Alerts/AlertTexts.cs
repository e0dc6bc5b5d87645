namespace Pingmesh.Server.Alerts;

/// <summary>Keys of labels and annotations.</summary>
internal static class AlertTexts
{
    public const string Summary = "summary";
    public const string Name = "alertname";
    public const string Severity = "severity";
    public const string Kind = "kind";
    public const string Scope = "scope";
    public const string Dc = "dc";
    public const string Service = "service";
    public const string Incident = "incident";
    public const string Watchdog = "watchdog";
    public const string Acknowledged = "acknowledged";
    public const string Url = "url";
    public const string Ended = "ended";
    public const string Also = "also";
}
