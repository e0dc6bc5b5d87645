using System.Diagnostics;
using System.Text.Json;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class DemoTests
{
    [Theory]
    [InlineData("loopback")]
    [InlineData("lab")]
    public async Task Demo_measures_every_pod_pair_and_leaves_nothing_behind(string network)
    {
        if (network == "lab") RequireLab();
        var port = ServerProcess.FreePort();
        var before = Directory.GetDirectories(Path.GetTempPath(), "pingmesh-demo-*");
        var run = await CommandRun.RunAsync("demo", "--duration", "22s", "--json", "--network", network, "--port", $"{port}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
        Assert.Contains(network == "lab" ? "22 switches" : "loopback addresses", run.Errors, StringComparison.Ordinal);
        if (network == "lab") Assert.Contains($"pingmesh lab fault add random-loss --name demo-{port}", run.Errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(run.Output);
        var result = json.RootElement;
        Assert.Equal(24, result.GetProperty("hosts").GetInt32());

        // 24 x 2 within pods, 24 x 3 to the pods of the same dc, one host pair for each of 2 x 4 x 4 pod pairs across.
        Assert.Equal(48 + 72 + 32, result.GetProperty("pairs").GetInt32());
        Assert.Equal(64, result.GetProperty("pod_pairs").GetInt32());
        Assert.Equal(0, result.GetProperty("failures").GetInt64());
        Assert.Equal(0, result.GetProperty("drops").GetInt64());
        Assert.Equal(0, result.GetProperty("drop_rate").GetDouble());
        Assert.InRange(result.GetProperty("p50_us").GetDouble(), 1, result.GetProperty("p99_us").GetDouble());
        var levels = result.GetProperty("levels");
        Assert.Equal(
            result.GetProperty("probes").GetInt64(),
            new[] { "intra-pod", "intra-dc", "inter-dc" }.Sum(level => levels.GetProperty(level).GetProperty("probes").GetInt64()));
        Assert.Equal(before, Directory.GetDirectories(Path.GetTempPath(), "pingmesh-demo-*"));
        Assert.Empty(Lab.LabRun.Namespaces($"pml-demo-{port}:"));
    }

    [Fact]
    public async Task Killed_demo_takes_its_processes_along()
    {
        using var demo = Process.Start(CommandRun.StartInfo("demo", "--port", $"{ServerProcess.FreePort()}", "--hosts", "1", "--network", "loopback"))!;
        while (await demo.StandardOutput.ReadLineAsync() is { } line && !line.Contains("page:", StringComparison.Ordinal))
        {
        }

        var children = ChildrenOf(demo.Id);
        demo.Kill();
        await demo.WaitForExitAsync();
        Assert.Equal(2, children.Count);
        await Eventually.IsTrueAsync(() => children.TrueForAll(IsGone), TimeSpan.FromSeconds(20), () => $"processes {string.Join(' ', children)} are still there");
    }

    [Fact]
    public async Task Fault_that_the_greeting_offers_shows_on_the_heatmap_and_a_killed_demo_is_cleaned_up_by_the_next()
    {
        RequireLab();
        var port = ServerProcess.FreePort();
        var name = $"demo-{port}";
        using (var demo = Process.Start(CommandRun.StartInfo("demo", "--dcs", "1", "--port", $"{port}"))!)
        {
            while (await demo.StandardOutput.ReadLineAsync() is { } line && !line.Contains("stop:", StringComparison.Ordinal))
            {
            }

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Eventually.IsTrueAsync(async () => await CellsAsync(http, red: false) == 16, TimeSpan.FromSeconds(40), () => "no healthy heatmap");
            var fault = await CommandRun.RunAsync("lab", "fault", "add", "latency", "--name", name, "--at", "dc1/ps1/leaves", "--delay", "5ms");
            Assert.True(fault.ExitCode == 0, fault.Errors);
            await Eventually.IsTrueAsync(async () => await CellsAsync(http, red: true) == 10, TimeSpan.FromSeconds(40), () => "the fault does not show");
            demo.Kill();
            await demo.WaitForExitAsync();
        }

        // Its namespaces are left; the next demo of the port, or 'lab down', takes them away.
        Assert.NotEmpty(Lab.LabRun.Namespaces($"pml-{name}:"));
        var next = await CommandRun.RunAsync("demo", "--dcs", "1", "--hosts", "1", "--port", $"{port}", "--duration", "3s");
        Assert.True(next.ExitCode == 0, next.Errors);
        Assert.Empty(Lab.LabRun.Namespaces($"pml-{name}:"));
    }

    private static async Task<int> CellsAsync(HttpClient http, bool red)
    {
        var cells = JsonDocument.Parse(await http.GetStringAsync("/api/v1/heatmap")).RootElement.GetProperty("cells").GetProperty("p99_us");
        return cells.EnumerateArray().Count(cell => cell.ValueKind == JsonValueKind.Number && cell.GetDouble() > 5_000 == red);
    }

    private static void RequireLab()
    {
        Requires.Root();
        Requires.Program("ip", "iproute2");
        Requires.Program("nft", "nftables");
    }

    private static List<int> ChildrenOf(int parent) =>
        [.. File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)
            .Concat(Directory.GetDirectories($"/proc/{parent}/task").SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)))
            .Distinct()];

    private static bool IsGone(int process)
    {
        try
        {
            // A zombie that nobody reaped yet is gone too.
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
