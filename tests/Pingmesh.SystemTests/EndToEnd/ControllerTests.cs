using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed partial class ControllerTests
{
    [Fact]
    public async Task Agents_make_a_mesh_without_any_file_and_a_pause_stops_it()
    {
        await using var server = new ServerProcess("");
        await server.StartAsync();
        using var one = Agent(server, server.Url, "127.102.1.1", "--host", "a1", "--label", "dc=dc1", "pod=p1");
        using var two = Agent(server, server.Url, "127.102.1.2", "--host", "a2", "--label", "dc=dc1", "pod=p2");
        try
        {
            await Eventually.IsTrueAsync(
                async () => (await server.GetAsync<HeatmapResponse>("/api/v1/heatmap")).Cells.State.Count(state => state == "green") == 2,
                TimeSpan.FromSeconds(40),
                () => server.Log);
            var measured = await server.GetAsync<CoverageResponse>("/api/v1/coverage");
            Assert.Equal((2, 2, 0), (measured.Wanted, measured.Measured, measured.Gaps.Count));
            Assert.InRange(measured.SmallestDropRate.Worst, 0.5, 1);
            var topology = await server.GetAsync<TopologyResponse>("/api/v1/topology");
            Assert.Equal([("a1", "dc1/all/p1"), ("a2", "dc1/all/p2")], topology.Hosts.Select(host => (host.Host, host.Pod)));

            var pause = await CommandRun.RunAsync("pause", "dc1/all/p1", "--reason", "a test", "--server", server.Url.ToString());
            Assert.Equal((0, ""), (pause.ExitCode, pause.Errors));
            await Eventually.IsTrueAsync(
                async () => await PeersAsync("127.102.1.1") + await PeersAsync("127.102.1.2") == 0, TimeSpan.FromSeconds(10), () => server.Log);
            await Eventually.IsTrueAsync(
                async () => (await server.GetAsync<CoverageResponse>("/api/v1/coverage")).Reasons.GetValueOrDefault("paused") == 2, TimeSpan.FromSeconds(60), () => server.Log);
            var coverage = await CommandRun.RunAsync("coverage", "--live", "--server", server.Url.ToString());
            Assert.Contains("0 of 2 pod pairs were measured", coverage.Output, StringComparison.Ordinal);
            Assert.Contains("not measured: 2 paused", coverage.Output, StringComparison.Ordinal);
            Assert.Contains("a test", (await CommandRun.RunAsync("pause", "--server", server.Url.ToString())).Output, StringComparison.Ordinal);
            Assert.Equal(1, (await CommandRun.RunAsync("resume", "dc1", "--server", server.Url.ToString())).ExitCode);
            Assert.Equal(0, (await CommandRun.RunAsync("resume", "dc1/all/p1", "--server", server.Url.ToString())).ExitCode);
            await Eventually.IsTrueAsync(
                async () => await PeersAsync("127.102.1.1") + await PeersAsync("127.102.1.2") == 2, TimeSpan.FromSeconds(10), () => server.Log);
        }
        finally
        {
            one.Kill();
            two.Kill();
        }
    }

    [Fact]
    public async Task Two_controllers_behind_a_balancer_serve_agents_while_either_is_killed_and_the_topology_is_edited()
    {
        await using var one = new ServerProcess(TestMesh.Topology(1, 1, 2, 1));
        await using var two = new ServerProcess(TestMesh.Topology(1, 1, 2, 1));
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        using var proxy = new RoundRobinProxy(one.Port, two.Port);
        using var agents = Process.Start(CommandRun.StartInfo(
            "agent", "--server", proxy.Url.ToString(), "--spool", Path.Combine(one.Folder, "spool"), "--sync-interval", "1s",
            "--host", "dc1-ps1-pod1-h1", "--host", "dc1-ps1-pod2-h1"))!;
        var log = new List<string>();
        agents.ErrorDataReceived += (_, line) => Keep(line.Data);
        agents.OutputDataReceived += (_, line) => Keep(line.Data);
        agents.BeginErrorReadLine();
        agents.BeginOutputReadLine();
        try
        {
            await Eventually.IsTrueAsync(async () => await PeersAsync("127.101.1.1") == 1, TimeSpan.FromSeconds(20), Text);
            await one.KillAsync();
            foreach (var server in new[] { one, two }) await File.WriteAllTextAsync(server.TopologyFile, TestMesh.Topology(1, 1, 3, 1));
            await Eventually.IsTrueAsync(async () => await PeersAsync("127.101.1.1") == 2, TimeSpan.FromSeconds(20), Text);
            await one.StartAsync();
            await two.KillAsync();
            await File.WriteAllTextAsync(one.TopologyFile, TestMesh.Topology(1, 1, 2, 1));
            await Eventually.IsTrueAsync(async () => await PeersAsync("127.101.1.1") == 1, TimeSpan.FromSeconds(20), Text);
            await two.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(3));
            Assert.Equal(1, await PeersAsync("127.101.2.1"));

            // No agent has failed closed, and no list was torn.
            Assert.DoesNotContain("All peers dropped, probing stops, probes are still answered", Text(), StringComparison.Ordinal);
            Assert.DoesNotContain("pinglist:", Text(), StringComparison.Ordinal);
        }
        finally
        {
            agents.Kill();
            await agents.WaitForExitAsync();
        }

        string Text()
        {
            lock (log) return string.Join('\n', log);
        }

        void Keep(string? line)
        {
            if (line is null) return;
            lock (log) log.Add(line);
        }
    }

    [Theory]
    [InlineData("application/json", "application/json", "{\"host\":\"dc1-ps1-pod1-h1\",\"addresses\":[\"127.101.1.1\"],\"omitted\":0,")]
    [InlineData("text/html, application/yaml;q=0.5", "application/yaml", "host: \"dc1-ps1-pod1-h1\"\naddresses:\n- \"127.101.1.1\"\nomitted: 0\n")]
    [InlineData("application/xml, application/json;q=0.9", "application/xml", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<pinglist>\n  <host>dc1-ps1-pod1-h1</host>\n  <addresses>\n    <address>127.101.1.1</address>\n")]
    [InlineData("image/png", "application/problem+json", "")]
    public async Task Pinglist_comes_in_the_format_that_is_asked_for_with_an_entity_tag_of_its_own(string accept, string type, string begin)
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1));
        await server.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/pinglist/dc1-ps1-pod1-h1");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(begin, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        if (begin.Length == 0) return;
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/pinglist/dc1-ps1-pod1-h1");
        again.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers.ETag!.ToString());
        again.Headers.TryAddWithoutValidation("Accept", accept);
        Assert.Equal(HttpStatusCode.NotModified, (await server.Http.SendAsync(again)).StatusCode);

        // What the list was made from has not changed, so neither has the list, whatever its tag.
        var stamp = answer.Headers.GetValues("Pingmesh-Mesh").Single();
        foreach (var (said, status) in new[] { (stamp, HttpStatusCode.NotModified), ($"{stamp}0", HttpStatusCode.OK) })
        {
            using var stamped = new HttpRequestMessage(HttpMethod.Get, "/api/v1/pinglist/dc1-ps1-pod1-h1");
            stamped.Headers.TryAddWithoutValidation("If-None-Match", "\"of-earlier\"");
            stamped.Headers.TryAddWithoutValidation("Pingmesh-Mesh", said);
            Assert.Equal(status, (await server.Http.SendAsync(stamped)).StatusCode);
        }

        using var other = new HttpRequestMessage(HttpMethod.Get, "/api/v1/pinglist/dc1-ps1-pod1-h1");
        other.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers.ETag!.ToString());
        other.Headers.TryAddWithoutValidation("Accept", type == "application/xml" ? "application/yaml" : "application/xml");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(other)).StatusCode);
    }

    private static Process Agent(ServerProcess server, Uri url, string address, params string[] flags)
    {
        var agent = Process.Start(CommandRun.StartInfo(
            ["agent", "--server", url.ToString(), "--address", address, "--spool", Path.Combine(server.Folder, $"spool-{address}"), "--sync-interval", "1s", .. flags]))!;
        agent.OutputDataReceived += (_, _) => { };
        agent.ErrorDataReceived += (_, _) => { };
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        return agent;
    }

    private static async Task<int> PeersAsync(string address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        try
        {
            var metrics = await http.GetStringAsync($"http://{address}:58101/metrics");
            return int.Parse(PeersLine().Match(metrics).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            // It is not up yet.
            return -1;
        }
    }

    [GeneratedRegex(@"(?m)^pingmesh_agent_peers (\d+)")]
    private static partial Regex PeersLine();
}
