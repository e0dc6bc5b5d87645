using System.Net.Sockets;
using Pingmesh.Core;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class FailClosedTests
{
    private static readonly TimeSpan Sync = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Agents_stop_probing_without_their_controller_and_start_again_with_it()
    {
        await using var mesh = new TestMesh(1, 1, 2, 2);
        await mesh.Server.StartAsync();
        mesh.StartAgents(Sync);
        await Eventually.IsTrueAsync(() => mesh.Probes >= 4, TimeSpan.FromSeconds(20), () => "no probes");

        await mesh.Server.KillAsync();
        await Eventually.IsTrueAsync(
            () => mesh.Hosts.TrueForAll(host => mesh.Agent(host).Peers == 0), TimeSpan.FromSeconds(15), () => "peers are not dropped");

        // What was under way may still end; after that nothing is probed, for longer than an interval.
        await Task.Delay(TimeSpan.FromSeconds(3));
        var silent = mesh.Probes;
        await Task.Delay(HardLimits.MinProbeInterval + TimeSpan.FromSeconds(1));
        Assert.Equal(silent, mesh.Probes);
        using (var client = new TcpClient()) await client.ConnectAsync("127.101.1.1", Ports.Responder);

        await mesh.Server.StartAsync();
        await Eventually.IsTrueAsync(() => mesh.Probes >= silent + 4, TimeSpan.FromSeconds(20), () => "probing does not start again");
    }

    [Fact]
    public async Task Host_that_is_taken_off_the_topology_stops_probing()
    {
        await using var mesh = new TestMesh(1, 1, 2, 2);
        await mesh.Server.StartAsync();
        mesh.StartAgents(Sync);
        await Eventually.IsTrueAsync(
            () => mesh.Hosts.TrueForAll(host => mesh.Agent(host).Peers == 2), TimeSpan.FromSeconds(15), () => "no pinglists");

        // One host a pod is left: the others have no pinglist any more, the remaining ones one peer.
        await File.WriteAllTextAsync(mesh.Server.TopologyFile, TestMesh.Topology(1, 1, 2, 1));
        await Eventually.IsTrueAsync(
            () => mesh.Hosts.TrueForAll(host => mesh.Agent(host).Peers == (host.EndsWith("h1", StringComparison.Ordinal) ? 1 : 0)),
            TimeSpan.FromSeconds(20),
            () => string.Join(' ', mesh.Hosts.Select(host => mesh.Agent(host).Peers)));
    }
}
