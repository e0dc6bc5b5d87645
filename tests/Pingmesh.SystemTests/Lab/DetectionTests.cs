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
    private static readonly TimeSpan Hard = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(5);

    private readonly int port = ServerProcess.FreePort();
    private LabRun lab = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        lab = new LabRun("d");
        await lab.DoAsync("up", "--port", $"{port}", "--hosts", "5");
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

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
        await AreFoundAsync(Silent, new Expected(IncidentKind.SilentDrops, ["dc1-spine1"], "random-loss", "--at", "dc1-spine1", "--percent", "20"));
        await AreFoundAsync(Hard, new Expected(IncidentKind.HostDown, ["dc1-ps1-pod2-h3"], "host-down", "--at", "dc1-ps1-pod2-h3"));
        await IsQuietAsync();
        await AreFoundAsync(Hard, new Expected(IncidentKind.BlackHole, ["dc1-ps1-leaf1"], "blackhole-pairs", "--at", "dc1-ps1-leaf1", "--percent", "30"));
        await IsQuietAsync();

        // What hurts large packets, and what hurts one class, is told apart.
        await AreFoundAsync(
            Silent,
            new Expected(IncidentKind.PayloadLoss, ["dc1-ps2-leaf2"], "mtu", "--at", "dc1-ps2-leaf2", "--above", "1000"),
            new Expected(IncidentKind.QosLoss, ["dc1-ps1-leaf1"], "qos-loss", "--at", "dc1-ps1-leaf1", "--dscp", "8", "--percent", "50"));
        await IsQuietAsync();
    }

    private async Task AreFoundAsync(TimeSpan limit, params IReadOnlyList<Expected> all)
    {
        var (watch, since) = (Stopwatch.StartNew(), DateTimeOffset.UtcNow.AddSeconds(-30));
        var faults = new List<IAsyncDisposable>();
        foreach (var one in all) faults.Add(await lab.FaultAsync(one.Fault));
        foreach (var one in all)
        {
            var own = new List<Incident>();
            Incident? found = null;
            await Eventually.IsTrueAsync(
                async () =>
                {
                    own = (await IncidentsAsync()).FindAll(incident => incident.Onset >= since);
                    found = own.Find(incident => incident.Kind == one.Kind && incident is { NotEnoughEvidence: null, Suspects.Count: > 0 } && one.Culprits.Contains(incident.Suspects[0].Name));
                    return found is not null;
                },
                limit,
                () => $"{string.Join(' ', one.Fault)}: {string.Join("\n", own.Select(incident => $"{incident.State} {incident.Kind}: {incident.Summary}"))}");
            output.WriteLine($"{string.Join(' ', one.Fault)}: named after {watch.Elapsed.TotalSeconds:F0} s: {found!.Summary}");
            if (one.Kind == IncidentKind.BlackHole) await ReproduceAsync(found.Id);
        }

        foreach (var fault in faults) await fault.DisposeAsync();
    }

    // The faults have been cleared: none of their incidents lasts. One that did would account for the trouble of the next, too.
    private async Task IsQuietAsync()
    {
        var watch = Stopwatch.StartNew();
        var active = new List<Incident>();
        await Eventually.IsTrueAsync(
            async () => (active = (await IncidentsAsync()).FindAll(one => one.State is IncidentState.Open or IncidentState.Confirmed)).Count == 0,
            TimeSpan.FromMinutes(4),
            () => $"lasts after its fault: {string.Join("\n", active.Select(one => one.Summary))}");
        output.WriteLine($"  all clear after {watch.Elapsed.TotalSeconds:F0} s");
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

    /// <summary>A fault, and what is right to say of it.</summary>
    private sealed record Expected(IncidentKind Kind, string[] Culprits, params string[] Fault);
}
