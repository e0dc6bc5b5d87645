using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Thresholds;
using Pingmesh.Server.Observe;
using Pingmesh.UnitTests.Analysis;

namespace Pingmesh.UnitTests.Alerts;

public class AlertComposerTests
{
    private static readonly Topology Topology = TestMesh.Topology;

    [Fact]
    public void One_broken_spine_is_one_alert_though_its_data_center_and_service_break_their_thresholds()
    {
        var (firing, ended) = Compose([Samples.Incident("dc1")], [Samples.Breach("dc1"), Samples.Breach("service:search")]);
        var alert = Assert.Single(firing.Values);
        Assert.Equal("PingmeshSilentDrops", alert.Name);
        Assert.Equal(AlertSeverity.Critical, alert.Severity);
        Assert.Contains("drop rate of dc1 is 0.004", alert.Annotations["also"], StringComparison.Ordinal);
        Assert.Contains("service:search", alert.Annotations["also"], StringComparison.Ordinal);
        Assert.Equal("it is a part of incident INC-1", ended[Samples.Breach("dc1").Fingerprint]);
    }

    [Theory]
    [InlineData("dc1/ps2", "dc1", 1)]
    [InlineData("dc1/ps1~dc1/ps2", "dc1", 1)]
    [InlineData("dc1~dc2", "dc2", 1)]
    [InlineData("h1", "dc1", 1)]
    [InlineData("dc1/ps2", "dc2", 2)]
    [InlineData("dc1", "dc10", 2)]
    [InlineData("dc1", "service:mail", 2)]
    public void Breach_is_told_with_an_incident_whose_scope_lies_within_its_own_or_around_it(string incident, string breach, int alerts) =>
        Assert.Equal(alerts, Compose([Samples.Incident(incident)], [Samples.Breach(breach)]).Firing.Count);

    [Fact]
    public void Breach_that_began_long_before_the_incident_stands_by_itself() =>
        Assert.Equal(2, Compose([Samples.Incident()], [Samples.Breach(minutesAgo: 60)]).Firing.Count);

    [Fact]
    public void Host_that_is_down_does_not_hide_a_data_center_that_drops_packets() =>
        Assert.Equal(["PingmeshDropRateHigh", "PingmeshHostDown"], Compose([Samples.Incident("h1", IncidentKind.HostDown, tier: "host")], [Samples.Breach()]).Firing.Values.Select(alert => alert.Name).Order());

    [Fact]
    public void Symptoms_that_outlast_their_incident_in_the_window_of_the_threshold_are_not_told_and_later_ones_are()
    {
        var over = Samples.Incident(state: IncidentState.Resolved);
        Assert.Empty(Compose([over], [Samples.Breach()]).Firing);
        Assert.Single(Compose([over with { Resolved = Samples.Now - TimeSpan.FromMinutes(20) }], [Samples.Breach()]).Firing);
    }

    [Fact]
    public void Silenced_incident_and_its_symptoms_are_not_told_until_the_silence_ends()
    {
        var silenced = Samples.Incident() with { SilencedUntil = Samples.Now + TimeSpan.FromHours(1) };
        var (firing, ended) = Compose([silenced], [Samples.Breach()]);
        Assert.Empty(firing);
        Assert.Contains("silenced until", ended[IncidentAlert.FingerprintOf(silenced)], StringComparison.Ordinal);
        Assert.Single(Compose([silenced with { SilencedUntil = Samples.Now }], []).Firing);
    }

    [Fact]
    public void Acknowledged_incident_stays_and_says_so()
    {
        var alert = Assert.Single(Compose([Samples.Incident() with { Acknowledged = new Acknowledgement("alice", Samples.Now) }], []).Firing.Values);
        Assert.Equal("true", alert.Labels["acknowledged"]);
        Assert.Equal("alice", alert.Annotations["acknowledged_by"]);
        Assert.Equal(IncidentAlert.FingerprintOf(Samples.Incident()), alert.Fingerprint);
    }

    [Theory]
    [InlineData(IncidentKind.SilentDrops, "spine", 1)]
    [InlineData(IncidentKind.HostDown, "host", 0)]
    [InlineData(IncidentKind.Latency, "leaf", 0)]
    public void Open_incident_is_told_only_when_it_is_critical(IncidentKind kind, string tier, int alerts) =>
        Assert.Equal(alerts, Compose([Samples.Incident(kind: kind, state: IncidentState.Open, tier: tier)], []).Firing.Count);

    [Fact]
    public void Failed_watchdog_is_a_warning_of_its_own()
    {
        var (firing, _) = AlertComposer.Compose(
            [], [], [new WatchdogState("uploads", false, "3 of 16 agents uploaded", Samples.Now), new WatchdogState("store", true, "", Samples.Now), new WatchdogState("sla", null, "", Samples.Now)],
            new ThresholdSettings(), Topology, null, Samples.Now);
        var alert = Assert.Single(firing.Values);
        Assert.Equal(("PingmeshWatchdog", "uploads", AlertSeverity.Warning), (alert.Name, alert.Labels["watchdog"], alert.Severity));
    }

    [Fact]
    public void Alert_whose_labels_change_ends_under_the_old_ones()
    {
        var book = new AlertBook([]);
        var incident = Samples.Incident();
        Assert.True(book.Update(Samples.Now, Compose([incident], []).Firing, new Dictionary<string, string>()));
        Assert.False(book.Update(Samples.Now, Compose([incident with { Summary = "more is known" }], []).Firing, new Dictionary<string, string>()));
        Assert.True(book.Update(Samples.Now, Compose([incident with { Acknowledged = new Acknowledgement("alice", Samples.Now) }], []).Firing, new Dictionary<string, string>()));
        var picture = book.Picture(Samples.Now, true);
        Assert.Equal("true", Assert.Single(picture.Firing.Values).Labels["acknowledged"]);
        Assert.DoesNotContain("acknowledged", Assert.Single(picture.Resolved).Labels.Keys);

        // It is forgotten a quarter of an hour after its end.
        book.Update(Samples.Now + TimeSpan.FromMinutes(1), new Dictionary<string, Alert>(), new Dictionary<string, string>());
        Assert.Equal(2, book.Picture(Samples.Now, true).Resolved.Count);
        book.Update(Samples.Now + TimeSpan.FromMinutes(17), new Dictionary<string, Alert>(), new Dictionary<string, string>());
        Assert.Empty(book.All);
    }

    private static (Dictionary<string, Alert> Firing, Dictionary<string, string> Ended) Compose(IReadOnlyList<Incident> incidents, IReadOnlyList<ThresholdBreach> breaches) =>
        AlertComposer.Compose(incidents, breaches, [], new ThresholdSettings(), Topology, new Uri("https://pingmesh.example.com/"), Samples.Now);
}
