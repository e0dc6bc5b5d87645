using System.Net.Http.Headers;
using System.Text.Json;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Store;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary><c>pingmesh incidents</c> against a server with tokens that knows of incidents from before.</summary>
public sealed class IncidentsCommandTests
{
    private const string Viewer = "viewer-token-of-the-test";
    private const string Admin = "admin-token-of-the-test";
    private const string Active = "20260101-0930-1a2b3c4d";
    private const string Over = "20260101-0800-5e6f7a8b";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Incidents_are_listed_and_shown_with_their_evidence()
    {
        await using var server = await StartAsync();
        var list = await RunAsync(server, Viewer);
        Assert.Contains($"{Active}  confirmed  black-hole  dc1/ps1", list, StringComparison.Ordinal);
        Assert.Contains("switch dc1-ps1-leaf1", list, StringComparison.Ordinal);
        Assert.DoesNotContain(Over, list, StringComparison.Ordinal);
        Assert.Contains(Over, await RunAsync(server, Viewer, "--all"), StringComparison.Ordinal);
        Assert.Contains(Over, await RunAsync(server, Viewer, "--last", "1d"), StringComparison.Ordinal);
        Assert.DoesNotContain(Over, await RunAsync(server, Viewer, "--last", "1h"), StringComparison.Ordinal);
        var json = JsonDocument.Parse(await RunAsync(server, Viewer, "--json")).RootElement;
        Assert.Equal(("black-hole", "dc1-ps1-leaf1"), (json[0].GetProperty("kind").GetString(), json[0].GetProperty("suspects")[0].GetProperty("name").GetString()));

        var shown = await RunAsync(server, Viewer, "show", Active, "--evidence");
        foreach (var part in new[]
        {
            "concerns 12 hosts in 3 pods, 20 host pairs; services search", "switch   dc1-ps1-leaf1  97.0", "at h1 this fails each time:", "pingmesh ping --tcp 58100 --sport 40000 -c 3 10.0.0.2", "and this passes:",
            "pingmesh: found: loss", "only flows in trouble go through: dc1-ps1-leaf1", "probed again: 3 of 3 with the same ports failed, 2 of 24 with others", "black hole score of dc1/ps1/pod1: 75", "h1:40000 > h2:58100  timeout",
        }) Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(await RunAsync(server, Viewer, "show", Active, "--evidence", "--json")).RootElement.GetProperty("probed_again").GetInt32());

        // No evidence is kept of hosts that are down.
        await FailsAsync(server, Viewer, 1, $"No evidence is kept of incident '{Over}'", "show", Over, "--evidence");
    }

    [Fact]
    public async Task Operators_acknowledge_silence_and_comment_and_it_is_remembered()
    {
        await using var server = await StartAsync();
        await RunAsync(server, Admin, "acknowledge", Active);
        await RunAsync(server, Admin, "silence", Active, "--for", "2h");
        await RunAsync(server, Admin, "comment", Active, "line card is being replaced");

        // Nobody has it in memory any more.
        await RunAsync(server, Admin, "comment", Over, "it was the power supply");
        Assert.Equal(0, await server.StopAsync());
        await server.StartAsync();

        var shown = await RunAsync(server, Viewer, "show", Active);
        foreach (var part in new[] { "admin looks after it since", "silent until", "admin: acknowledged", "admin: silenced for 2h", "admin: line card is being replaced" }) Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains("admin: it was the power supply", await RunAsync(server, Viewer, "show", Over), StringComparison.Ordinal);
        await RunAsync(server, Admin, "unsilence", Active);
        Assert.DoesNotContain("silent until", await RunAsync(server, Viewer, "show", Active), StringComparison.Ordinal);
        var audit = await CommandRun.RunAsync(["audit", .. Flags(server, Admin)]);
        foreach (var action in new[] { "acknowledge", "silence", "comment", "unsilence" }) Assert.Contains($"incident {action}", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_allowed_or_not_there_is_refused_and_changes_nothing()
    {
        await using var server = await StartAsync();
        foreach (var arguments in new string[][] { ["acknowledge", Active], ["silence", Active, "--for", "1h"], ["unsilence", Active], ["comment", Active, "x"] })
            await FailsAsync(server, Viewer, 1, "needs the role operator; 'viewer' has the role viewer", arguments);
        foreach (var arguments in new string[][] { ["show", "none"], ["acknowledge", "none"], ["silence", "none", "--for", "1h"], ["comment", "none", "x"] })
            await FailsAsync(server, Admin, 1, "There is no incident 'none'", arguments);
        await FailsAsync(server, Admin, 2, "--for", "silence", Active, "--for", "31d");
        await FailsAsync(server, Admin, 2, "--for", "silence", Active);
        await FailsAsync(server, Admin, 2, "exclude each other", "--all", "--last", "1h");
        await FailsAsync(server, Admin, 1, "the body is not", "comment", Active, " ");
        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Viewer);
        Assert.Equal(1, (await server.GetAsync<JsonElement>($"/api/v1/incidents/{Active}")).GetProperty("version").GetInt64());
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await server.Http.GetAsync("/api/v1/incidents?state=open")).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await server.Http.GetAsync("/api/v1/incidents?limit=0")).StatusCode);
    }

    private static async Task<ServerProcess> StartAsync()
    {
        var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 2), "0.0.0.0");
        var data = Directory.CreateDirectory(Path.Combine(server.Folder, "data")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(data, "tokens.json"), JsonSerializer.Serialize(new { agent = "agent-token-of-the-test", viewer = Viewer, admin = Admin, secret = "secret-of-the-agents-credentials" }));
        using (var store = SqliteStore.Open(Path.Combine(data, "pingmesh.db"), TimeProvider.System))
        {
            var active = Make(Active, Now.AddMinutes(-5)) with
            {
                Suspects = [new Suspect("switch", "dc1-ps1-leaf1", 0.97, 12, 12, 3, 40)], Reproducer = new Reproducer("h1", "pingmesh ping --tcp 58100 --sport 40000 -c 3 10.0.0.2", "pingmesh ping --tcp 58100 --sport 40001 -c 3 10.0.0.2"),
            };
            var over = Make(Over, Now.AddHours(-5)) with { State = IncidentState.Resolved, Resolved = Now.AddHours(-4) };
            var evidence = new IncidentEvidence(
                Active, Now, [], [new EvidenceFlow(Now, "h1", "h2", "10.0.0.2", 40_000, 58_100, "tcp", true, "timeout", ["h1", "dc1-ps1-pod1-tor"], false, [], false)], [], ["dc1-ps1-leaf1"], [], 3, 3, 24, 2,
                new Dictionary<string, double> { ["dc1/ps1/pod1"] = 0.75 });
            await store.Documents.PutAsync(
            [
                new Document(IncidentBook.DocumentKind, Active, 1, active.Onset, JsonSerializer.Serialize(active, IncidentJson.Options)),
                new Document(IncidentBook.DocumentKind, Over, 1, over.Onset, JsonSerializer.Serialize(over, IncidentJson.Options)),
                new Document(IncidentBook.EvidenceKind, Active, 1, active.Onset, JsonSerializer.Serialize(evidence, IncidentJson.Options)),
            ]);
        }

        await server.StartAsync();
        return server;
    }

    private static Incident Make(string id, DateTimeOffset onset) => new()
    {
        Id = id, Key = id, Version = 1, Kind = IncidentKind.BlackHole, State = IncidentState.Confirmed, Scope = "dc1/ps1", Tier = "leaf", Summary = "Packet black hole at the leaves of podset dc1/ps1.", Onset = onset,
        Detected = onset.AddSeconds(20), LastSymptom = onset.AddSeconds(60), Confirmed = onset.AddSeconds(30), Radius = new BlastRadius(20, 12, 3, ["search"]), Figures = new IncidentFigures(1_000, 50, 0.05, 0.04, 0.07, 1e-4),
        Timeline = [new IncidentNote(onset, "pingmesh", "found: loss")],
    };

    private static string[] Flags(ServerProcess server, string token) => ["--server", server.Url.ToString(), "--token", token];

    private static async Task<string> RunAsync(ServerProcess server, string token, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(["incidents", .. arguments, .. Flags(server, token)]);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        return run.Output;
    }

    private static async Task FailsAsync(ServerProcess server, string token, int code, string message, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(["incidents", .. arguments, .. Flags(server, token)]);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', arguments)}: {run.ExitCode} {run.Output}{run.Errors}");
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }
}
