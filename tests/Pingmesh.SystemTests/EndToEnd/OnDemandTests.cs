using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary><c>pingmesh test</c> against a server with tokens and agents; one host has none.</summary>
public sealed class OnDemandTests
{
    private const string Agent = "agent-token-of-the-test";
    private const string Viewer = "viewer-token-of-the-test";
    private const string Admin = "admin-token-of-the-test";
    private const string One = "dc1-ps1-pod1-h1";
    private const string Other = "dc1-ps1-pod2-h1";
    private const string Silent = "dc1-ps1-pod2-h2";

    [Fact]
    public async Task Operator_has_agents_test_now_and_sees_what_they_find()
    {
        await using var mesh = await StartAsync();

        var ping = await TestAsync(mesh, Admin, "--from", One, "--to", Other);
        Assert.True(ping.ExitCode == 0, ping.Output + ping.Errors);
        Assert.Contains($"{One} -> {Other} (127.101.2.1) tcp/58100", ping.Output, StringComparison.Ordinal);
        Assert.Contains("5 probes, 0 failed, 0 with a loss that TCP repaired, rtt min/avg/max", ping.Output, StringComparison.Ordinal);

        var flow = await TestAsync(mesh, Admin, "--from", "dc1/ps1/pod1", "--to", "127.101.2.1", "--kind", "udp", "--sport", "43210", "-c", "2", "--json");
        Assert.True(flow.ExitCode == 0, flow.Output + flow.Errors);
        var pairs = JsonDocument.Parse(flow.Output).RootElement.GetProperty("pairs");
        Assert.All(pairs.EnumerateArray().SelectMany(pair => pair.GetProperty("probes").EnumerateArray()), probe => Assert.Equal(43_210, probe.GetProperty("source_port").GetInt32()));

        // Where no raw socket may be had, the report says so.
        var trace = await TestAsync(mesh, Admin, "--from", One, "--to", Other, "--trace", "--flows", "2");
        if (Environment.IsPrivilegedProcess) Assert.Contains($"2 of 2 flows reached {Other}", trace.Output, StringComparison.Ordinal);
        else Assert.True(trace.Output.Contains("CAP_NET_RAW", StringComparison.Ordinal) || trace.ExitCode == 0, trace.Output);

        // Nothing listens there: the probes fail, and so does the test.
        var refused = await TestAsync(mesh, Admin, "--from", One, "--to", Other, "--port", "9", "-c", "1");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("refused", refused.Output, StringComparison.Ordinal);

        var unanswered = await TestAsync(mesh, Admin, "--from", Silent, "--to", One, "--wait", "1s");
        Assert.Equal(1, unanswered.ExitCode);
        Assert.Contains($"the agent of '{Silent}' did not answer within 1 s", unanswered.Output, StringComparison.Ordinal);

        var audit = await CommandRun.RunAsync(["audit", .. Flags(mesh, Admin)]);
        Assert.Contains($"ping tcp from {One} to {Other}: 1 pairs", audit.Output, StringComparison.Ordinal);
        Assert.Contains($"trace tcp from {One} to {Other}", audit.Output, StringComparison.Ordinal);
        Assert.Contains("admin  admin  127.0.0.1", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_allowed_or_makes_no_sense_is_refused_and_leaves_no_order()
    {
        await using var mesh = await StartAsync();
        foreach (var (message, token, arguments) in new (string, string, string[])[]
        {
            ("needs the role operator; 'viewer' has the role viewer", Viewer, ["--from", One, "--to", Other]), ("A token", "x", ["--from", One, "--to", Other]),
            ($"did you mean '{One}'?", Admin, ["--from", "dc1-ps1-pod1-h11", "--to", Other]), ("does not test itself", Admin, ["--from", One, "--to", One]),
            ("of no host of the topology", Admin, ["--from", One, "--to", "192.0.2.1"]),
        })
        {
            var run = await TestAsync(mesh, token, arguments);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(token == "x" ? "token" : message, run.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await CommandRun.RunAsync(["audit", .. Flags(mesh, Viewer)])).ExitCode);
        mesh.Server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        Assert.Empty(await mesh.Server.GetAsync<List<TestSummaryResponse>>("/api/v1/tests"));

        foreach (var (body, message) in new[]
        {
            ("", "the body is no test"), ("null", "the body is 'null'"), ("{\"from\":\"a\"}", "'to'"), ($"{{\"from\":\"{One}\",\"to\":\"{Other}\",\"knd\":\"tcp\"}}", "knd"),
            ($"{{\"from\":\"{One}\",\"to\":\"{Other}\",\"kind\":\"http\"}}", "'kind' is 'http'"), (new string(' ', 20_000), "larger than"),
        })
        {
            using var answer = await mesh.Server.Http.PostAsync("/api/v1/tests", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            Assert.InRange((int)answer.StatusCode, 400, 413);
            Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // Four of one user that nobody answers, and no fifth; the viewer may look.
        var body4 = new { from = Silent, to = One };
        for (var i = 0; i < 4; i++) Assert.Equal(HttpStatusCode.Accepted, (await mesh.Server.Http.PostAsJsonAsync("/api/v1/tests", body4)).StatusCode);
        using var many = await mesh.Server.Http.PostAsJsonAsync("/api/v1/tests", body4);
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (many.StatusCode, many.Headers.RetryAfter is not null));
        mesh.Server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Viewer);
        var last = (await mesh.Server.GetAsync<List<TestSummaryResponse>>("/api/v1/tests"))[0];
        Assert.Equal("running", (await mesh.Server.GetAsync<TestResponse>($"/api/v1/tests/{last.Id}")).State);
        Assert.Equal(HttpStatusCode.NotFound, (await mesh.Server.Http.GetAsync("/api/v1/tests/none")).StatusCode);

        // Orders are for their own agent only.
        Assert.Equal(HttpStatusCode.Unauthorized, (await mesh.Server.Http.GetAsync($"/api/v1/tests/orders/{Silent}")).StatusCode);
        using var enrolling = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/enrol/{Silent}");
        enrolling.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Agent);
        using var enrolled = await mesh.Server.Http.SendAsync(enrolling);
        var credential = JsonDocument.Parse(await enrolled.Content.ReadAsStringAsync()).RootElement.GetProperty("credential").GetString()!;
        mesh.Server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        using var pinglist = await mesh.Server.Http.GetAsync($"/api/v1/pinglist/{Silent}");
        Assert.True(pinglist.Headers.Contains("Pingmesh-Orders"));
        Assert.Equal(4, JsonDocument.Parse(await mesh.Server.Http.GetStringAsync($"/api/v1/tests/orders/{Silent}")).RootElement.GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, (await mesh.Server.Http.GetAsync($"/api/v1/tests/orders/{One}")).StatusCode);
        using var report = new StringContent("{\"order\":\"none\",\"at\":\"2026-01-01T00:00:00Z\",\"probes\":[],\"flows\":[],\"problem\":null}");
        Assert.Equal(HttpStatusCode.Gone, (await mesh.Server.Http.PostAsync($"/api/v1/tests/reports/{Silent}", report)).StatusCode);
    }

    private static async Task<TestMesh> StartAsync()
    {
        var mesh = new TestMesh(1, 1, 2, 2, "0.0.0.0", Agent);
        var data = Directory.CreateDirectory(Path.Combine(mesh.Server.Folder, "data")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(data, "tokens.json"), JsonSerializer.Serialize(new { agent = Agent, viewer = Viewer, admin = Admin, secret = "secret-of-the-agents-credentials" }));
        await mesh.Server.StartAsync();
        foreach (var host in mesh.Hosts.Where(host => host != Silent)) mesh.StartAgent(host);
        mesh.Server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Viewer);
        await Eventually.IsTrueAsync(
            async () => (await mesh.Server.GetAsync<List<AgentResponse>>("/api/v1/agents")).Count(agent => agent.PinglistFetched is not null) == 3, TimeSpan.FromSeconds(60), () => mesh.Server.Log);
        return mesh;
    }

    private static string[] Flags(TestMesh mesh, string token) => ["--server", mesh.Server.Url.ToString(), "--token", token];

    private static Task<CommandRun> TestAsync(TestMesh mesh, string token, params string[] arguments) => CommandRun.RunAsync(["test", .. arguments, .. Flags(mesh, token)]);
}
