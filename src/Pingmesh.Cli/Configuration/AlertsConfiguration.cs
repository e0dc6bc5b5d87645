using System.Globalization;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Thresholds;

namespace Pingmesh.Cli.Configuration;

/// <summary>The section <c>alerts</c>: what is told to whom. Receivers stand in the file only.</summary>
internal static class AlertsConfiguration
{
    /// <summary>The section's name.</summary>
    public const string Section = "alerts";

    public static readonly Setting DropRateSetting = new("alert_drop_rate", "RATE", "Drop rate of a data center or service above which an alert is sent; default 1e-3.");
    public static readonly Setting P99Setting = new("alert_p99", "DURATION", "P99 of a data center or service above which an alert is sent; default 5ms.");
    public static readonly Setting MinProbesSetting = new("alert_min_probes", "N", "Fewest probes of five minutes to judge a data center or service by; default 200.");
    public static readonly Setting SeveritySetting = new("alert_severity", "SEVERITY", "Severity of these alerts: info, warning or critical; default warning.");
    public static readonly Setting PageUrlSetting = new("page_url", "URL", "Address at which people reach the page, for links in alerts.");

    private static readonly Dictionary<string, AlertSeverity> Severities = AlertSeverityNames.All.ToDictionary(name => name, AlertSeverityNames.Parse);

    public static IReadOnlyList<Setting> All { get; } = [DropRateSetting, P99Setting, MinProbesSetting, SeveritySetting, PageUrlSetting];

    public static AlertSettings Read(SettingSource source)
    {
        var defaults = new ThresholdSettings();
        return new AlertSettings
        {
            PageUrl = source.Read(PageUrlSetting, ParseUrl),
            Thresholds = new ThresholdSettings
            {
                DropRate = source.Read(DropRateSetting, ParseRate) ?? defaults.DropRate,
                P99 = source.Duration(P99Setting, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(10)) ?? defaults.P99,
                MinProbes = source.WholeNumber(MinProbesSetting, 1, int.MaxValue) ?? defaults.MinProbes,
                Severity = source.OneOf(SeveritySetting, Severities) ?? defaults.Severity,
                Scopes = source.File is { } scopes ? AlertsYaml.ReadScopes(scopes) : [],
            },
            Receivers = source.File is { } receivers ? AlertsYaml.ReadReceivers(receivers) : [],
        };
    }

    /// <summary>Reads everything for the sake of its errors.</summary>
    public static void Check(SettingSource source) => Read(source);

    private static (double? Value, string? Problem) ParseRate(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var rate) && rate is >= 1e-9 and <= 1
            ? (rate, null)
            : (null, $"'{text}' is no rate from 1e-9 to 1; write for example 1e-3");

    private static (Uri? Value, string? Problem) ParseUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? (url, null)
        : (null, $"'{text}' is no URL; write for example https://pingmesh.example.com/");
}
