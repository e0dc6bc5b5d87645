using System.Diagnostics;
using System.Text.Json;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_measures_every_pod_pair_and_leaves_nothing_behind()
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "pingmesh-demo-*");
        var run = await CommandRun.RunAsync("demo", "--duration", "22s", "--json", "--port", $"{ServerProcess.FreePort()}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
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
    }

    [Fact]
    public async Task Killed_demo_takes_its_processes_along()
    {
        using var demo = Process.Start(CommandRun.StartInfo("demo", "--port", $"{ServerProcess.FreePort()}", "--hosts", "1"))!;
        while (await demo.StandardOutput.ReadLineAsync() is { } line && !line.Contains("page:", StringComparison.Ordinal))
        {
        }

        var children = ChildrenOf(demo.Id);
        demo.Kill();
        await demo.WaitForExitAsync();
        Assert.Equal(2, children.Count);
        await Eventually.IsTrueAsync(() => children.TrueForAll(IsGone), TimeSpan.FromSeconds(20), () => $"processes {string.Join(' ', children)} are still there");
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
