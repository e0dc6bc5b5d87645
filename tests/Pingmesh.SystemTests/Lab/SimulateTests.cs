using System.Text.Json;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

public sealed class SimulateTests : IDisposable
{
    private static readonly string[] Small = ["simulate", "--podsets", "2", "--pods", "2", "--hosts", "3", "--spines", "2", "--json"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pingmesh-simulate-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Simulation_is_uploaded_through_the_api_and_the_server_says_what_the_agents_measured()
    {
        var topology = Path.Combine(folder.FullName, "topology.yaml");
        var written = await CommandRun.RunAsync([.. Small, "--write-topology", topology]);
        Assert.True(written.ExitCode == 0, written.Errors);
        await using var server = new ServerProcess(await File.ReadAllTextAsync(topology));
        await server.StartAsync();
        var run = await CommandRun.RunAsync([.. Small, "--duration", "5m", "--server", server.Url.ToString()]);
        Assert.True(run.ExitCode == 0, run.Errors);
        await SameAsync(server, run.Output);
    }

    [Fact]
    public async Task Server_opens_what_a_simulation_kept()
    {
        var scenario = Path.Combine(folder.FullName, "scenario.yaml");
        await File.WriteAllTextAsync(scenario, "faults: [{kind: random-loss, at: dc1/spines, percent: 5, start: 1m, end: 3m}]");
        var data = Path.Combine(folder.FullName, "data");
        var run = await CommandRun.RunAsync([.. Small, "--duration", "5m", "--faults", scenario, "--data", data]);
        Assert.True(run.ExitCode == 0, run.Errors);
        await using var server = new ServerProcess(await File.ReadAllTextAsync(Path.Combine(data, "topology.yaml")));
        Directory.Move(data, Path.Combine(server.Folder, "data"));
        await server.StartAsync();
        await SameAsync(server, run.Output);
    }

    [Fact]
    public async Task Server_that_does_not_take_uploads_ends_the_simulation_with_its_words()
    {
        var topology = Path.Combine(folder.FullName, "topology.yaml");
        await CommandRun.RunAsync([.. Small, "--write-topology", topology]);
        await using var server = new ServerProcess(await File.ReadAllTextAsync(topology));
        await server.StartAsync();

        // Older than the lateness: measurements are left out, and said to be; younger than now is refused.
        var run = await CommandRun.RunAsync([.. Small, "--duration", "1m", "--start", "2036-01-01T00:00:00Z", "--server", server.Url.ToString()]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the server did not take an upload", run.Errors, StringComparison.Ordinal);
    }

    private static async Task SameAsync(ServerProcess server, string output)
    {
        var simulated = JsonDocument.Parse(output).RootElement;
        var classes = simulated.GetProperty("classes").EnumerateArray().ToList();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var sla = JsonDocument.Parse(await server.Http.GetStringAsync($"/api/v1/sla?level=all&from={now - 3_600}&to={now}")).RootElement.GetProperty("scopes")[0];
        Assert.Equal(simulated.GetProperty("probes").GetInt64(), sla.GetProperty("probes").GetInt64());
        Assert.Equal(classes.Sum(one => one.GetProperty("failures").GetInt64()), sla.GetProperty("failures").GetInt64());
        Assert.Equal(classes.Sum(one => one.GetProperty("drops").GetInt64()), sla.GetProperty("drops").GetInt64());
        Assert.True(simulated.GetProperty("probes").GetInt64() > 1_000);
    }
}
