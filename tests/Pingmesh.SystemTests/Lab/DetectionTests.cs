using System.Diagnostics;
using System.Text.Json;
using Pingmesh.Analysis.Incidents;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Lab;

/// <summary>
/// Faults put into the lab, one after another, become incidents that name their culprit: real packets, agents and traces through a fabric of 20 hosts, 4 ToRs, 4 leaves and 2 spines.
/// </summary>
public sealed class DetectionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Hard = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(5);

    private readonly int port = ServerProcess.FreePort();
    private LabRun lab = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        lab = new LabRun("d");
        await lab.DoAsync("up", "--port", $"{port}", "--hosts", "5");
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        // What is usual is known from two minutes of the paper's data centers already; only all agents must be there.
        await Eventually.IsTrueAsync(
            async () => JsonDocument.Parse(await http.GetStringAsync("/api/v1/agents")).RootElement.GetArrayLength() == 20 && JsonDocument.Parse(await http.GetStringAsync("/api/v1/heatmap")).RootElement.GetProperty("cells").GetProperty("source").GetArrayLength() == 16,
            TimeSpan.FromSeconds(60),
            () => "not all agents report");
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (lab is not null) await lab.DisposeAsync();
    }

    [Fact]
    public async Task Faults_become_incidents_that_name_their_culprit_and_end_with_them()
    {
        var found = new List<Incident>
        {
            await FoundAsync(Silent, IncidentKind.SilentDrops, ["dc1-spine1"], "random-loss", "--at", "dc1-spine1", "--percent", "20"),
            await FoundAsync(Hard, IncidentKind.BlackHole, ["dc1-ps1-leaf1"], "blackhole-pairs", "--at", "dc1-ps1-leaf1", "--percent", "30"),
            await FoundAsync(Hard, IncidentKind.PayloadLoss, ["dc1-ps2-leaf2"], "mtu", "--at", "dc1-ps2-leaf2", "--above", "1000"),
            await FoundAsync(Hard, IncidentKind.HostDown, ["dc1-ps1-pod2-h3"], "host-down", "--at", "dc1-ps1-pod2-h3"),
            await FoundAsync(Silent, IncidentKind.SilentDrops, ["dc1-ps1-leaf2~dc1-spine2"], "random-loss", "--at", "dc1-ps1-leaf2~dc1-spine2", "--percent", "30"),
            await FoundAsync(Hard, IncidentKind.BlackHole, ["dc1-ps2-pod1-tor", "dc1/ps2/pod1"], "blackhole-ports", "--at", "dc1-ps2-pod1-tor", "--percent", "25"),
            await FoundAsync(Silent, IncidentKind.QosLoss, ["dc1-ps1-leaf1"], "qos-loss", "--at", "dc1-ps1-leaf1", "--dscp", "8", "--percent", "50"),
            await FoundAsync(Hard, IncidentKind.ScopeDown, ["dc1/ps2"], "power-loss", "--at", "dc1/ps2"),
        };

        // The faults have been cleared: none of their incidents lasts.
        await Eventually.IsTrueAsync(
            async () => (await IncidentsAsync()).TrueForAll(one => one.State is IncidentState.Mitigated or IncidentState.Resolved || found.TrueForAll(its => its.Id != one.Id)),
            TimeSpan.FromSeconds(90),
            () => "an incident lasts after its fault");
    }

    private async Task<Incident> FoundAsync(TimeSpan limit, IncidentKind kind, string[] culprits, params string[] fault)
    {
        var (watch, since) = (Stopwatch.StartNew(), DateTimeOffset.UtcNow.AddSeconds(-15));
        await using (await lab.FaultAsync(fault))
        {
            var own = new List<Incident>();
            Incident? found = null;
            await Eventually.IsTrueAsync(
                async () =>
                {
                    own = (await IncidentsAsync()).FindAll(one => one.Onset >= since);
                    found = own.Find(one => one.Kind == kind && one is { NotEnoughEvidence: null, Suspects.Count: > 0 } && culprits.Contains(one.Suspects[0].Name));
                    return found is not null;
                },
                limit,
                () => $"{string.Join(' ', fault)}: {string.Join("\n", own.Select(one => $"{one.State} {one.Kind}: {one.Summary}"))}");
            output.WriteLine($"{string.Join(' ', fault)}: named after {watch.Elapsed.TotalSeconds:F0} s: {found!.Summary}");
            if (kind == IncidentKind.BlackHole) await ReproduceAsync(found.Id);
            return found;
        }
    }

    // The command that is to show the fault to a vendor fails, and the one beside it passes.
    private async Task ReproduceAsync(string id)
    {
        Reproducer? reproducer = null;
        await Eventually.IsTrueAsync(
            async () => (reproducer = (await IncidentsAsync()).Find(one => one.Id == id)?.Reproducer) is not null, TimeSpan.FromSeconds(60), () => $"incident {id} has no reproducer");
        Assert.NotEqual(0, await RunAsync(reproducer!.Host, reproducer.Fails));
        Assert.Equal(0, await RunAsync(reproducer.Host, reproducer.Passes));
    }

    private async Task<int> RunAsync(string host, string command)
    {
        var words = command.Split(' ');
        Assert.Equal("pingmesh", words[0]);
        var run = await lab.ExecAsync(host, ["dotnet", Repository.Program, .. words[1..]]);
        output.WriteLine($"  at {host}: {command}: {run.ExitCode}");
        return run.ExitCode;
    }

    private async Task<List<Incident>> IncidentsAsync() => JsonSerializer.Deserialize<List<Incident>>(await http.GetStringAsync("/api/v1/incidents?state=all"), IncidentJson.Options)!;
}
