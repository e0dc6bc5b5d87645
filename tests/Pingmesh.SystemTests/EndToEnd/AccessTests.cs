using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using Pingmesh.Core.Wire;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

public sealed class AccessTests
{
    [Fact]
    public async Task Server_beyond_loopback_wants_the_token_it_printed()
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1), "0.0.0.0");
        await server.StartAsync();
        var tokens = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "data", "tokens.json")));
        var (agent, viewer) = (tokens.RootElement.GetProperty("agent").GetString()!, tokens.RootElement.GetProperty("viewer").GetString()!);
        Assert.Contains($"--token {agent}", server.Log, StringComparison.Ordinal);
        Assert.Contains($"/login?token={viewer}", server.Log, StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, "data", "tokens.json")));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/heatmap", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/heatmap", agent));
        var admin = tokens.RootElement.GetProperty("admin").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/heatmap", viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", agent));

        // Only what the agents' token is exchanged for speaks, and for one host.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/enrol/dc1-ps1-pod1-h1", viewer, HttpMethod.Post));
        var own = await EnrolAsync(server, agent, "dc1-ps1-pod1-h1");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", own));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod2-h1", own));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/heatmap", own));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", own + "x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/enrol/dc1-ps1-pod1-h1", own, HttpMethod.Post));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/enrol/dc1-ps1-pod2-h1", own, HttpMethod.Post));
        Assert.Equal(HttpStatusCode.Forbidden, await UploadAsync(server, own, "dc1-ps1-pod2-h1"));
        Assert.Equal(HttpStatusCode.OK, await UploadAsync(server, own, "dc1-ps1-pod1-h1"));

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/revoked/dc1-ps1-pod1-h1", viewer, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(server, "/api/v1/revoked/dc1-ps1-pod1-h1", admin, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", own));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/enrol/dc1-ps1-pod1-h1", agent, HttpMethod.Post));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(server, "/api/v1/revoked/dc1-ps1-pod1-h1", admin, HttpMethod.Delete));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", own));
        Assert.DoesNotContain(own, server.Log, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/healthz", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/login?token=guess", null));
    }

    [Fact]
    public async Task Agents_of_one_process_work_with_the_token()
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1), "0.0.0.0");
        await server.StartAsync();
        var tokens = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "data", "tokens.json")));
        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.RootElement.GetProperty("viewer").GetString());
        using var agents = System.Diagnostics.Process.Start(CommandRun.StartInfo(
            "agent", "--server", server.Url.ToString(), "--token", tokens.RootElement.GetProperty("agent").GetString()!, "--spool",
            Path.Combine(server.Folder, "spool"), "--host", "dc1-ps1-pod1-h1", "--host", "dc1-ps1-pod2-h1"))!;
        try
        {
            await Eventually.IsTrueAsync(
                async () => (await server.GetAsync<HeatmapResponse>("/api/v1/heatmap")).Cells.State.Count(state => state == "green") == 2,
                TimeSpan.FromSeconds(30),
                () => server.Log);
            using var http = new HttpClient();
            Assert.Contains(
                "pingmesh_agent_peers 1", await http.GetStringAsync("http://127.101.1.1:58101/metrics"), StringComparison.Ordinal);
            Assert.Equal("ok\n", await http.GetStringAsync("http://127.101.2.1:58101/readyz"));
        }
        finally
        {
            agents.Kill();
            await agents.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Api_keys_and_a_trusted_proxy_bring_roles()
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1), "0.0.0.0");
        var keys = Path.Combine(server.Folder, "keys");
        var (watcher, mover) = (await NewKeyAsync("watcher", "viewer", keys), await NewKeyAsync("mover", "operator", keys));
        Assert.DoesNotContain(mover, await File.ReadAllTextAsync(keys), StringComparison.Ordinal);
        await server.StartAsync("--api-keys", keys, "--trusted-proxy", "127.0.0.1/32");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/heatmap", watcher));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/paused/dc1", watcher, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(server, "/api/v1/paused/dc1", mover, HttpMethod.Put));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, "/api/v1/revoked/h", mover, HttpMethod.Put));
        Assert.Contains("mover", await BodyAsync(server, "/api/v1/paused", watcher), StringComparison.Ordinal);

        server.Http.DefaultRequestHeaders.Add("X-Pingmesh-Role", "operator");
        server.Http.DefaultRequestHeaders.Add("X-Forwarded-User", "carol");
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(server, "/api/v1/paused/dc1", null, HttpMethod.Delete));
        await Eventually.IsTrueAsync(
            () => Task.FromResult(server.Log.Contains("dc1 is resumed by carol", StringComparison.Ordinal)), TimeSpan.FromSeconds(5), () => server.Log);

        // A key that is taken out of the file is good no more.
        await File.WriteAllTextAsync(keys, "# none\n");
        server.Http.DefaultRequestHeaders.Clear();
        await Eventually.IsTrueAsync(
            async () => await StatusAsync(server, "/api/v1/heatmap", watcher) == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(10), () => server.Log);
    }

    [Fact]
    public async Task Client_that_sends_too_much_is_told_to_wait()
    {
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 1), "0.0.0.0");
        await server.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => server.Http.GetAsync("/api/v1/heatmap")));
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers.Select(answer => answer.StatusCode).Distinct().Order());
        Assert.All(answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests), answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10));
        await Eventually.IsTrueAsync(
            async () => (await server.Http.GetAsync("/healthz")).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(10), () => server.Log);
    }

    private static async Task<string> NewKeyAsync(string name, string role, string file)
    {
        var run = await CommandRun.RunAsync("key", "new", name, "--role", role, "--file", file);
        Assert.Equal(0, run.ExitCode);
        return run.Output.Trim();
    }

    private static async Task<string> EnrolAsync(ServerProcess server, string token, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/enrol/{host}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.GetProperty("credential").GetString()!;
    }

    private static async Task<HttpStatusCode> UploadAsync(ServerProcess server, string credential, string host)
    {
        var batch = new MeasurementBatch
        {
            Host = host, Epoch = 1, Sequence = 1, CreatedUnixUs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000, AgentVersion = "test",
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/measurements") { Content = new ByteArrayContent(batch.ToByteArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<string> BodyAsync(ServerProcess server, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerProcess server, string path, string? token, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
