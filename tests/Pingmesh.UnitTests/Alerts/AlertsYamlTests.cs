using Pingmesh.Core.Yaml;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Receivers;

namespace Pingmesh.UnitTests.Alerts;

public class AlertsYamlTests
{
    [Fact]
    public void Receivers_are_read_with_their_defaults()
    {
        var (receivers, errors) = Read("""
            receivers:
              - name: prometheus
                type: alertmanager
                urls: [http://am1:9093, http://am2:9093]
                deadman: true
              - name: oncall
                type: webhook
                format: pagerduty
                secret_file: /etc/pingmesh/pagerduty
                severities: [critical]
              - name: script
                type: command
                command: [/usr/local/bin/page, --urgent]
                scopes: dc1
                group_by: [service]
                repeat: 4h
            """);
        Assert.Empty(errors);
        Assert.Equal(["am1", "am2"], receivers[0].Urls.Select(url => url.Host));
        Assert.True(receivers[0].DeadMan);
        Assert.Equal((WebhookFormat.PagerDuty, "events.pagerduty.com", AlertSeverity.Critical), (receivers[1].Format, receivers[1].Urls[0].Host, receivers[1].Filter.Severities[0]));
        Assert.Equal(["/usr/local/bin/page", "--urgent"], receivers[2].Command);
        Assert.Equal(TimeSpan.FromHours(4), receivers[2].Group.Repeat);
    }

    [Theory]
    [InlineData("- {name: a, type: webhok}", "'type' cannot be 'webhok'; did you mean 'webhook'?")]
    [InlineData("- {name: a, type: webhook}", "a webhook needs 'url', or 'url_file'")]
    [InlineData("- {name: a, type: webhook, url: ftp://x}", "'ftp://x' is no URL")]
    [InlineData("- {name: a, type: webhook, url: http://x, urls: [http://y]}", "unknown key 'urls'; did you mean 'url'?")]
    [InlineData("- {name: a, type: webhook, format: pagerduty}", "PagerDuty needs 'secret_file'")]
    [InlineData("- {name: a, type: command, command: page}", "begins with the whole path of a program")]
    [InlineData("- {name: a, type: alertmanager, urls: [http://x], group_by: [dc]}", "unknown key 'group_by'")]
    [InlineData("- {name: a, type: command, command: [/x], kinds: [blackhole]}", "did you mean 'black-hole'?")]
    [InlineData("- {name: a, type: command, command: [/x]}\n  - {name: a, type: command, command: [/x]}", "there are two receivers 'a'")]
    [InlineData("- {type: command, command: [/x]}", "key 'name' is missing")]
    public void Mistake_is_told_with_its_place_and_remedy(string receivers, string message)
    {
        var (_, errors) = Read($"receivers:\n  {receivers}\n");
        Assert.Contains(message, Assert.Single(errors).ToString(), StringComparison.Ordinal);
        Assert.InRange(errors[0].Line, 2, 3);
    }

    [Fact]
    public void Scopes_are_data_centers_and_services()
    {
        var yaml = StrictYaml.Parse("scopes:\n  - {scope: dc2, enabled: false}\n  - {scope: 'service:*', drop_rate: 1e-4, p99: 2ms}\n  - {scope: dc1/ps1}\n", "pingmesh.yaml");
        var scopes = AlertsYaml.ReadScopes(yaml.Root);
        Assert.Contains("'dc1/ps1' is no data center or service", Assert.Single(yaml.Finish()).ToString(), StringComparison.Ordinal);
        Assert.False(scopes[0].Enabled);
        Assert.True(scopes[1].Fits("service:search"));
        Assert.Equal((1e-4, TimeSpan.FromMilliseconds(2)), (scopes[1].DropRate!.Value, scopes[1].P99!.Value));
    }

    private static (IReadOnlyList<ReceiverSettings> Receivers, IReadOnlyList<ConfigurationError> Errors) Read(string text)
    {
        var yaml = StrictYaml.Parse(text, "pingmesh.yaml");
        var receivers = AlertsYaml.ReadReceivers(yaml.Root);
        return (receivers, yaml.Finish());
    }
}
