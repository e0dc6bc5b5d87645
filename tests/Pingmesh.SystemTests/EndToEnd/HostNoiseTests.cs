using System.Diagnostics;
using Pingmesh.Core.Probes;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>Two agents of their own processes, one of which gets next to no CPU.</summary>
public sealed class HostNoiseTests
{
    private const string Starved = "dc1-ps1-pod1-h1";
    private const string Clean = "dc1-ps1-pod1-h2";

    [Fact]
    public async Task Starved_agent_is_marked_as_the_problem_the_clean_one_is_not_and_the_network_is_not_blamed()
    {
        Requires.Root();
        Requires.Program("chrt", "util-linux");
        await using var mesh = new TestMesh(dcs: 1, podsets: 1, pods: 1, hosts: 2);
        await mesh.Server.StartAsync();
        var processes = new List<Process>();
        try
        {
            // One core for the starved agent and for what takes it from it: it runs only when nothing else of that core wants to.
            processes.Add(Start(["taskset", "-c", "0", "chrt", "-i", "0"], mesh, Starved));
            processes.Add(Start([], mesh, Clean));
            await Eventually.IsTrueAsync(
                async () => (await mesh.Server.GetAsync<List<AgentResponse>>("/api/v1/agents")).Count(agent => agent.Uploaded is not null) == 2,
                TimeSpan.FromSeconds(60), () => mesh.Server.Log);
            for (var i = 0; i < 2; i++) processes.Add(Process.Start("taskset", ["-c", "0", "sh", "-c", "while :; do :; done"]));
            await Eventually.IsTrueAsync(
                async () => (await PairAsync(mesh)).SourceNoise!.BySort.GetValueOrDefault(HostNoise.Stalled.Name()) >= 2,
                TimeSpan.FromSeconds(90), () => mesh.Server.Log);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }

        var pair = await PairAsync(mesh);
        Assert.True(pair.SourceNoise!.WorstStallMs >= 100);
        Assert.Equal(Starved, pair.SourceNoise.Host);
        Assert.True(
            pair.TargetNoise!.BySort.GetValueOrDefault(HostNoise.Stalled.Name()) < pair.SourceNoise.BySort[HostNoise.Stalled.Name()],
            "the clean agent stalled as often as the starved one");

        // The kernel took the times: however late the agent looks, there is no loss and no delay.
        Assert.True(pair.Pair!.Probes > 0);
        Assert.Equal((0, 0), (pair.Pair.Failures, pair.Pair.Drops));
        var agents = await mesh.Server.GetAsync<List<AgentResponse>>("/api/v1/agents");
        Assert.Contains("stalled", agents.Single(agent => agent.Host == Starved).Noise);
        Assert.Contains("pingmesh_server_noisy_windows_total", await mesh.Server.Http.GetStringAsync("/metrics"));
    }

    private static Task<PairsResponse> PairAsync(TestMesh mesh) => mesh.Server.GetAsync<PairsResponse>($"/api/v1/pairs?source={Starved}&target={Clean}");

    private static Process Start(string[] under, TestMesh mesh, string host)
    {
        var folder = Directory.CreateDirectory(Path.Combine(mesh.Server.Folder, host)).FullName;
        var start = CommandRun.StartInfo(
            "agent", "--server", mesh.Server.Url.ToString(), "--host", host, "--spool", folder, "--address", host == Starved ? "127.101.1.1" : "127.101.1.2", "--metrics-port", "0", "--qos-responder-port", "0");
        if (under.Length > 0)
        {
            string[] whole = [.. under[1..], start.FileName, .. start.ArgumentList];
            start.FileName = under[0];
            start.ArgumentList.Clear();
            foreach (var argument in whole) start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
