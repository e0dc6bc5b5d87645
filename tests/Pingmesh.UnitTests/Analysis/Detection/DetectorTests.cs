using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>The life of incidents in a fleet of 100 hosts: 2 podsets x 5 pods x 10 hosts.</summary>
public sealed class DetectorTests
{
    private const string Leaf = "dc1-ps1-leaf2";

    private static readonly FabricShape Shape = new() { Podsets = 2, Pods = 5, Leaves = 4, Spines = 4, Hosts = 10 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Incident_opens_is_investigated_clears_and_is_over_after_a_quiet_time()
    {
        using var fleet = new DetectedFleet(Shape, 9, Loss(10, 2, 4));
        await fleet.RunAsync(Cancellation);
        var states = fleet.Seen.Select(one => one.Incident.State).ToList();
        Assert.Equal([.. states.Order()], states);
        var last = Assert.Single(fleet.Incidents);
        Assert.Equal((IncidentKind.SilentDrops, IncidentState.Resolved, Leaf), (last.Kind, last.State, last.Suspects[0].Name));
        Assert.InRange((last.Onset - DetectedFleet.Start).TotalSeconds, 110, 130);
        Assert.InRange((last.Detected - last.Onset).TotalSeconds, 10, 60);
        Assert.InRange((last.LastSymptom - DetectedFleet.Start).TotalSeconds, 220, 250);
        Assert.InRange((last.Resolved!.Value - last.LastSymptom).TotalSeconds, 120, 200);
        Assert.NotNull(last.Confirmed);
        Assert.True(last.Radius.HostPairs > 100 && last.Radius.Pods >= 5, $"{last.Radius}");
        Assert.Equal("the symptoms have gone", last.Timeline[^2].Text);
        Assert.Equal("quiet since; resolved", last.Timeline[^1].Text);
        Assert.Equal(last.Timeline.Select(note => note.At).Order(), last.Timeline.Select(note => note.At));

        // The flows with their paths, and some of them again when the trouble had gone.
        var evidence = (await fleet.EvidenceAsync(last.Id, Cancellation))!;
        Assert.True(evidence.Flows.Count(flow => flow.IsBad && (flow.There.Contains(Leaf) || flow.Back.Contains(Leaf))) > 10);
        Assert.NotEmpty(evidence.After);
        Assert.Equal(evidence.Series.Select(window => window.Start).Order(), evidence.Series.Select(window => window.Start));
    }

    [Fact]
    public async Task Trouble_that_comes_back_before_it_is_over_is_the_same_incident()
    {
        using var fleet = new DetectedFleet(Shape, 9, Loss(20, 2, 4), Loss(20, 5, 8.5));
        await fleet.RunAsync(Cancellation);
        var one = Assert.Single(fleet.ActiveAt(8.4));
        Assert.Equal(IncidentState.Confirmed, one.State);
        Assert.Contains(fleet.Seen, seen => seen.Incident.Id == one.Id && seen.Incident.State == IncidentState.Mitigated);
        Assert.InRange((one.Onset - DetectedFleet.Start).TotalSeconds, 110, 130);
        Assert.All(fleet.Incidents.Where(other => other.Id != one.Id), other => Assert.Contains($"part of incident {one.Id}", other.Timeline[^1].Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault_of_a_layer_is_one_incident_however_many_pairs_it_hurts()
    {
        using var fleet = new DetectedFleet(Shape, 6, DetectedFleet.Fault(FaultKind.PowerLoss, "dc1/spines", new FaultOptions(), 2, 4));
        await fleet.RunAsync(Cancellation);
        var one = Assert.Single(fleet.Incidents);
        Assert.Equal((IncidentKind.Partition, "dc1"), (one.Kind, one.Scope));
        Assert.True(one.Radius.HostPairs > 400, $"{one.Radius}");
    }

    [Fact]
    public async Task Hosts_that_go_down_one_after_another_become_their_pods_incident_when_all_are_down()
    {
        var pod = Enumerable.Range(1, 10).Select(host => DetectedFleet.Fault(FaultKind.HostDown, $"dc1-ps2-pod3-h{host}", new FaultOptions(), host < 4 ? 2 : 3.5, 6)).ToArray();
        using var fleet = new DetectedFleet(Shape, 9.5, pod);
        await fleet.RunAsync(Cancellation);
        Assert.Equal(["dc1-ps2-pod3-h1", "dc1-ps2-pod3-h2", "dc1-ps2-pod3-h3"], fleet.ActiveAt(3.4).Select(one => one.Scope).Order(StringComparer.Ordinal));
        var one = Assert.Single(fleet.ActiveAt(5.9));
        Assert.Equal((IncidentKind.ScopeDown, "dc1/ps2/pod3", "pod"), (one.Kind, one.Scope, one.Suspects[0].Kind));
        Assert.Equal(4, fleet.Incidents.Count);
        Assert.All(fleet.Incidents, incident => Assert.Equal(IncidentState.Resolved, incident.State));
    }

    [Fact]
    public async Task Restart_goes_on_with_the_incidents_of_before()
    {
        using var fleet = new DetectedFleet(
            Shape, 9, Loss(20, 2, 6), DetectedFleet.Fault(FaultKind.HostDown, "dc1-ps2-pod1-h1", new FaultOptions(), 2, 6));
        fleet.At(4, fleet.Restart);
        await fleet.RunAsync(Cancellation);
        Assert.Equal([IncidentKind.HostDown, IncidentKind.SilentDrops], fleet.Incidents.Select(one => one.Kind).Order());
        foreach (var one in fleet.Incidents)
        {
            Assert.Equal(IncidentState.Resolved, one.State);
            Assert.Contains(fleet.Seen, seen => seen.Incident.Id == one.Id && seen.Minute > 4.5 && seen.Incident.State == IncidentState.Confirmed);
            Assert.InRange((one.Onset - DetectedFleet.Start).TotalSeconds, 100, 130);
        }
    }

    [Fact]
    public async Task Host_that_is_taken_out_of_the_topology_while_it_is_down_is_no_obstacle()
    {
        // The last host is the dead one: its number is nobody's then.
        var dead = new DetectedFleet(Shape, 1).Topology.Hosts[^1].Name;
        using var fleet = new DetectedFleet(Shape, 8, DetectedFleet.Fault(FaultKind.HostDown, dead, new FaultOptions(), 1, 20), Loss(20, 4, 8));
        fleet.At(3, () => fleet.Follow(Without(fleet.Topology, dead)));
        await fleet.RunAsync(Cancellation);
        Assert.Equal(dead, Assert.Single(fleet.ActiveAt(2.9)).Scope);
        Assert.Contains(fleet.ActiveAt(7.9), one => one is { Kind: IncidentKind.SilentDrops, Suspects: [{ Name: Leaf }, ..] });
    }

    [Fact]
    public async Task Incident_of_an_earlier_run_without_news_is_taken_for_over()
    {
        var time = new VirtualTime(DetectedFleet.Start);
        using var book = await IncidentBook.OpenAsync(new MemoryDocuments(), time, Cancellation);
        var before = DetectedFleet.Start.AddMinutes(-5);
        book.Change("old", _ => new Incident
        {
            Id = "old", Key = "loss", Version = 0, Kind = IncidentKind.SilentDrops, State = IncidentState.Confirmed, Scope = "dc1", Tier = "spine", Summary = "drops", Onset = before, Detected = before,
            LastSymptom = before, Radius = new BlastRadius(1, 2, 2, []), Figures = new IncidentFigures(100, 10, 0.1, 0.05, 0.2, 1e-4),
        });
        var detector = new Detector(() => new ServiceMap(TestMesh.Topology, []), null, book, time, NullLogger<Detector>.Instance);
        time.Advance(TimeSpan.FromMinutes(9));
        detector.Look(Cancellation);
        Assert.Equal(IncidentState.Confirmed, Assert.Single(book.Current).State);
        time.Advance(TimeSpan.FromMinutes(2));
        detector.Look(Cancellation);
        var over = Assert.Single(book.Current);
        Assert.Equal((IncidentState.Resolved, time.GetUtcNow(), "no symptom seen any more; resolved"), (over.State, over.Resolved!.Value, over.Timeline[^1].Text));
    }

    private static TimedFault Loss(double percent, double from, double until) => DetectedFleet.Fault(FaultKind.RandomLoss, Leaf, new FaultOptions { Percent = percent }, from, until);

    private static Topology Without(Topology topology, string name)
    {
        var builder = new TopologyBuilder();
        foreach (var host in topology.Hosts.Where(host => host.Name != name)) builder.AddHost(host.Pod.Podset.Dc.Name, host.Pod.Podset.Name, host.Pod.Name, host.Name, host.Addresses, host.Labels);
        builder.AddWiring(new Wiring(
            topology.Wiring.Switches, [.. topology.Wiring.Links.Where(link => link.A.Node != name && link.B.Node != name)], node => node != name && topology.FindHost(node) is not null));
        return builder.Build();
    }
}
