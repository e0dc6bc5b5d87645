using Pingmesh.Analysis.Incidents;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>Faults one after another in a fleet of 400 hosts: 2 podsets x 5 pods x 40 hosts. The long runs, with their scores, are those of the benchmark <c>detection</c>.</summary>
public sealed class ScoredTests(ITestOutputHelper output)
{
    private const double Minute = 60;

    private static readonly FabricShape Shape = new() { Podsets = 2, Pods = 5, Leaves = 4, Spines = 8, Hosts = 40 };

    private static readonly (FaultKind Kind, string At, FaultOptions Options, double Seconds, IncidentKind Right, string[] Culprits)[] Faults =
    [
        (FaultKind.RandomLoss, "dc1-ps1-leaf3", new FaultOptions { Percent = 2 }, 120, IncidentKind.SilentDrops, ["dc1-ps1-leaf3"]),
        (FaultKind.RandomLoss, "dc1-ps2-pod4-tor~dc1-ps2-leaf1", new FaultOptions { Percent = 100 }, 80, IncidentKind.BlackHole, ["dc1-ps2-leaf1~dc1-ps2-pod4-tor"]),
        (FaultKind.BlackholePairs, "dc1-ps1-pod2-tor", new FaultOptions { Percent = 10 }, 90, IncidentKind.BlackHole, ["dc1-ps1-pod2-tor", "dc1/ps1/pod2"]),
        (FaultKind.SwitchDown, "dc1-ps2-pod3-tor", new FaultOptions(), 70, IncidentKind.ScopeDown, ["dc1/ps2/pod3"]),
        (FaultKind.PowerLoss, "dc1/ps1", new FaultOptions(), 70, IncidentKind.ScopeDown, ["dc1/ps1"]),
        (FaultKind.SlowHost, "dc1-ps2-pod1-h7", new FaultOptions { Delay = TimeSpan.FromMilliseconds(20) }, 90, IncidentKind.SlowHost, ["dc1-ps2-pod1-h7"]),
        (FaultKind.Mtu, "dc1-ps2-leaf4", new FaultOptions { Above = 1_500 }, 100, IncidentKind.PayloadLoss, ["dc1-ps2-leaf4"]),
        (FaultKind.QosLoss, "dc1-spine5", new FaultOptions { Dscp = DetectedFleet.LowClass, Percent = 20 }, 150, IncidentKind.QosLoss, ["dc1-spine5"]),
    ];

    [Fact]
    public async Task Each_fault_is_found_for_what_it_is_with_its_culprit_first_and_nothing_else_is()
    {
        var (at, timed) = (90.0, new List<TimedFault>());
        foreach (var (kind, place, options, seconds, _, _) in Faults)
        {
            timed.Add(DetectedFleet.Fault(kind, place, options, at / Minute, (at + seconds) / Minute));
            at += seconds + 40;
        }

        using var fleet = new DetectedFleet(Shape, at / Minute, timed);
        await fleet.RunAsync(TestContext.Current.CancellationToken);
        var accounted = new HashSet<string>();
        for (var i = 0; i < Faults.Length; i++)
        {
            var (kind, place, _, _, right, culprits) = Faults[i];
            var (from, until) = (timed[i].From.TotalMinutes, timed[i].Until!.Value.TotalMinutes);
            var own = fleet.Seen.Where(one => (one.Incident.Onset - DetectedFleet.Start).TotalMinutes is var onset && onset >= from - 0.34 && onset <= until).ToList();
            foreach (var (_, incident) in own) accounted.Add(incident.Id);
            var found = own.Find(one => one.Minute <= until + 0.34 && one.Incident.Kind == right && one.Incident is { NotEnoughEvidence: null, Suspects.Count: > 0 } && culprits.Contains(one.Incident.Suspects[0].Name));
            var all = string.Join("\n", own.Select(one => $"{one.Minute:F2} {one.Incident.Id} {one.Incident.State} {one.Incident.Kind}: {one.Incident.Summary}"));
            Assert.True(found.Incident is not null, $"{kind} at {place} was not found for what it is:\n{all}");
            output.WriteLine($"{kind} at {place}: named after {(found.Minute - from) * Minute:F0} s");

            // When it ends one incident tells of it, and tells the same.
            var last = Assert.Single(own.Where(one => one.Minute <= until).GroupBy(one => one.Incident.Id).Select(versions => versions.Last().Incident), one => one.State != IncidentState.Resolved);
            Assert.True(last.Kind == right && culprits.Contains(last.Suspects[0].Name), $"{kind} at {place} was told of otherwise in the end:\n{all}");
        }

        Assert.All(fleet.Incidents, one => Assert.True(accounted.Contains(one.Id), $"no fault accounts for: {one.Summary}"));
    }

    [Fact]
    public async Task Healthy_fleet_with_hosts_that_fail_and_are_noisy_has_no_incident_of_the_network()
    {
        using var fleet = new DetectedFleet(Shape, 20, settings => settings with { HostFailuresPerDay = 0.6, HostNoisePerDay = 10 });
        await fleet.RunAsync(TestContext.Current.CancellationToken);
        Assert.All(fleet.Incidents, one => Assert.True(one.Kind == IncidentKind.HostDown, one.Summary));
        Assert.NotEmpty(fleet.Incidents);
    }
}
