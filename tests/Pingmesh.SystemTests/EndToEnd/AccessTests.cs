using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
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
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/heatmap", viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", viewer));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/api/v1/pinglist/dc1-ps1-pod1-h1", agent));
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

    private static async Task<HttpStatusCode> StatusAsync(ServerProcess server, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
