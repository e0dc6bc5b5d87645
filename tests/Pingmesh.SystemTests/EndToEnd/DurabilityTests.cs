using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Server_killed_in_mid_run_loses_nothing_and_agents_carry_on()
    {
        var started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await using var mesh = new TestMesh(1, 1, 3, 2);
        await mesh.Server.StartAsync();
        mesh.StartAgents();
        for (var kill = 0; kill < 2; kill++)
        {
            var before = mesh.Probes;
            await Eventually.IsTrueAsync(() => mesh.Probes >= before + 10, TimeSpan.FromSeconds(30), () => $"{mesh.Probes} probes");
            await mesh.Server.KillAsync();
            await mesh.Server.StartAsync();
        }

        var last = mesh.Probes;
        await Eventually.IsTrueAsync(() => mesh.Probes >= last + 10, TimeSpan.FromSeconds(30), () => "the agents do not carry on");
        await mesh.StopAgentsAsync(_ => true);

        // Every probe that any agent ever finished was uploaded by now (nothing is left in a spool) and counts once.
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(mesh.Server.Folder, "spool"), "*", SearchOption.AllDirectories));
        var range = $"from={started}&to={DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}";
        var sla = await mesh.Server.GetAsync<SlaResponse>($"/api/v1/sla?level=all&{range}");
        Assert.Equal(mesh.Probes, sla.Scopes.Single(scope => scope.Scope == "all").Probes);

        // And after a clean stop and a start from the file alone the numbers are the same.
        Assert.Equal(0, await mesh.Server.StopAsync());
        await mesh.Server.StartAsync();
        var again = await mesh.Server.GetAsync<SlaResponse>($"/api/v1/sla?level=all&{range}");
        Assert.Equal(
            sla.Scopes.Select(scope => (scope.Scope, scope.Probes, scope.Failures, scope.Drops, scope.P50Us, scope.P99Us)),
            again.Scopes.Select(scope => (scope.Scope, scope.Probes, scope.Failures, scope.Drops, scope.P50Us, scope.P99Us)));
    }
}
