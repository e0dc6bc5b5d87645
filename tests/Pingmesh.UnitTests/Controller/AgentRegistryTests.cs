using Pingmesh.Controller.Agents;
using Pingmesh.Controller.MeshGraphs;

namespace Pingmesh.UnitTests.Controller;

public class AgentRegistryTests
{
    private readonly VirtualTime time = new();

    [Fact]
    public void Registry_keeps_the_last_fetch_and_upload_of_each_host()
    {
        var topology = new TopologyShape([[[3]]], MeshSettings.Default).Build();
        var registry = new AgentRegistry(() => topology, time);
        var fetched = time.GetUtcNow();
        Assert.True(registry.RecordPinglistFetch("h-1-1-1-2", "\"tag\""));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(registry.RecordUpload("h-1-1-1-2", 77, 3, "0.1.0", 1, 20));
        Assert.True(registry.RecordUpload("h-1-1-1-1", 5, 1, new string('v', 1_000), 0, 0));

        var snapshot = registry.Snapshot();
        Assert.Equal(["h-1-1-1-1", "h-1-1-1-2"], snapshot.Select(status => status.Host));
        Assert.Equal(64, snapshot[0].AgentVersion!.Length);
        Assert.Equal(
            new AgentStatus("h-1-1-1-2")
            {
                PinglistFetched = fetched, PinglistETag = "\"tag\"", Uploaded = fetched.AddSeconds(5), Epoch = 77, Sequence = 3,
                AgentVersion = "0.1.0", LostBatches = 1, LostProbes = 20,
            },
            snapshot[1]);
    }

    [Fact]
    public void Agent_counts_as_silent_when_nothing_was_heard_of_it_for_a_while()
    {
        var topology = new TopologyShape([[[1]]], MeshSettings.Default).Build();
        var registry = new AgentRegistry(() => topology, time);
        registry.RecordPinglistFetch("h-1-1-1-1", "\"tag\"");
        time.Advance(TimeSpan.FromSeconds(80));
        registry.RecordUpload("h-1-1-1-1", 1, 1, "", 0, 0);
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.False(registry.IsSilent(registry.Snapshot()[0]));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(registry.IsSilent(registry.Snapshot()[0]));
    }

    [Fact]
    public void Late_batch_of_the_same_epoch_does_not_set_the_sequence_back_but_a_new_epoch_does()
    {
        var topology = new TopologyShape([[[1]]], MeshSettings.Default).Build();
        var registry = new AgentRegistry(() => topology, time);
        registry.RecordUpload("h-1-1-1-1", 9, 8, "v", 2, 2);
        registry.RecordUpload("h-1-1-1-1", 9, 4, "v", 0, 0);
        Assert.Equal((8UL, 2UL), (registry.Snapshot()[0].Sequence, registry.Snapshot()[0].LostBatches));
        registry.RecordUpload("h-1-1-1-1", 10, 1, "v", 0, 0);
        Assert.Equal((10UL, 1UL, 0UL), (registry.Snapshot()[0].Epoch, registry.Snapshot()[0].Sequence, registry.Snapshot()[0].LostBatches));
    }

    [Fact]
    public void Hosts_outside_the_topology_are_not_recorded_and_removed_ones_are_forgotten()
    {
        var topology = new TopologyShape([[[3]]], MeshSettings.Default).Build();
        var registry = new AgentRegistry(() => topology, time);
        Assert.False(registry.RecordPinglistFetch("nobody", "\"t\""));
        foreach (var host in topology.Hosts) registry.RecordPinglistFetch(host.Name, "\"t\"");
        topology = new TopologyShape([[[1]]], MeshSettings.Default).Build();
        Assert.Single(registry.Snapshot());
        registry.RecordPinglistFetch("h-1-1-1-1", "\"t\"");
        topology = new TopologyShape([[[3]]], MeshSettings.Default).Build();
        Assert.Single(registry.Snapshot());
    }

    [Fact]
    public async Task Registry_loses_nothing_when_many_threads_record()
    {
        var topology = new TopologyShape([[[50]]], MeshSettings.Default).Build();
        var registry = new AgentRegistry(() => topology, time);
        await Parallel.ForEachAsync(Enumerable.Range(0, 5_000), TestContext.Current.CancellationToken, (i, _) =>
        {
            var host = topology.Hosts[i % 50].Name;
            registry.RecordUpload(host, 1, (ulong)(i / 50) + 1, "v", 0, 0);
            registry.RecordPinglistFetch(host, "\"t\"");
            return ValueTask.CompletedTask;
        });
        Assert.All(registry.Snapshot(), status => Assert.Equal((100UL, "\"t\""), (status.Sequence, status.PinglistETag)));
        Assert.Equal(50, registry.Snapshot().Count);
    }
}
