using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts.Thresholds;
using Pingmesh.UnitTests.Analysis;

namespace Pingmesh.UnitTests.Alerts;

public class ThresholdLookTests
{
    [Fact]
    public async Task Data_centers_and_services_are_read_with_their_drops_and_bounds()
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.ServiceRules = [new ServiceRule("search", host => host.Name == "h1")];
        await rig.AcceptAsync(new[] { 1, 2 }.Select(host =>
            TestMesh.Batch(1, Enumerable.Range(0, 200).Select(i => TestMesh.Probe(host, 3, CollectorRig.Start, i < 5 ? TestMesh.Dropped() : TestMesh.Good(i % 20 == 0 ? 9_000 : 500))))));
        var readings = await ThresholdLook.ReadAsync(
            rig.Collector.Slas, new ServiceMap(rig.Topology, rig.ServiceRules), new TimeRange(CollectorRig.Start - 240, CollectorRig.Start + 60), TestContext.Current.CancellationToken);
        Assert.Equal(["dc1", "dc2", "service:search"], readings.Select(reading => reading.Scope));
        Assert.Equal((400, 10, 0.025), (readings[0].Successes, readings[0].Drops, readings[0].DropRate));
        Assert.InRange(readings[0].P99!.Value, 8.5, 9.5);
        Assert.InRange(readings[0].P99Low!.Value, 0.4, 9.5);
        Assert.Equal((0, null), (readings[1].Successes, readings[1].P99Low));
        Assert.Equal((200, 5), (readings[2].Successes, readings[2].Drops));
    }
}
