using System.Diagnostics;
using System.Globalization;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Demo;

/// <summary>
/// A mesh on this machine: a server process, and agents that each have an address of their own on the demo's network.
/// </summary>
internal sealed class DemoMesh : IAsyncDisposable
{
    private readonly DemoSettings settings;
    private readonly IDemoNetwork network;
    private readonly string folder;
    private readonly ChildProcesses children = new();
    private readonly ApiClient api;
    private readonly DateTimeOffset started = DateTimeOffset.UtcNow;
    private Process? server;
    private readonly List<(string Role, Process Process)> agents = [];

    private DemoMesh(DemoSettings settings, IDemoNetwork network, string folder)
    {
        this.settings = settings;
        this.network = network;
        this.folder = folder;
        api = new ApiClient(Url, null);
    }

    public Uri Url => new($"http://127.0.0.1:{settings.Port}");

    /// <summary>Starts server and agents; returns when the page can be opened.</summary>
    /// <exception cref="FailedException">One of them did not start; says why.</exception>
    public static async Task<DemoMesh> StartAsync(DemoSettings settings, IDemoNetwork network, CancellationToken cancel)
    {
        LoopbackPort.Check(settings.Port);
        var folder = settings.Data is { } data ? StateFolder.Ensure(data, "--data") : Directory.CreateTempSubdirectory("pingmesh-demo-").FullName;
        var mesh = new DemoMesh(settings, network, folder);
        try
        {
            await mesh.StartServerAsync(await network.UpAsync(folder), cancel);
            await mesh.StartAgentsAsync(cancel);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the end; fails when one of the processes ends before.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var ended = await Task.WhenAny([server!.WaitForExitAsync(cancel), .. agents.Select(one => one.Process.WaitForExitAsync(cancel))]);
        if (!cancel.IsCancellationRequested) throw Ended(agents.Find(one => one.Process.HasExited).Role ?? "server");
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Stops the agents, which upload what they still have, and asks the server what was measured.</summary>
    public async Task<DemoResult> FinishAsync()
    {
        await Task.WhenAll(agents.Select(one => ChildProcesses.StopAsync(one.Process)));
        var range = string.Create(CultureInfo.InvariantCulture, $"from={started.ToUnixTimeSeconds()}&to={DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}");
        var (_, sla) = await api.GetAsync<SlaResponse>($"/api/v1/sla?level=all&{range}");
        var (_, pairs) = await api.GetAsync<PairsResponse>($"/api/v1/pairs?{range}");
        return DemoResult.Of(settings, sla, pairs);
    }

    /// <summary>Stops everything, and removes what was written unless a folder was given.</summary>
    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await children.DisposeAsync();
        await network.DisposeAsync();
        if (settings.Data is null) Directory.Delete(folder, recursive: true);
    }

    private async Task StartServerAsync(IReadOnlyList<string> network, CancellationToken cancel)
    {
        server = children.Start(
            [
                "server", "--listen", $"127.0.0.1:{settings.Port}", .. network, "--data", In("server"),
                "--probe-interval", DurationText.Format(settings.Interval),
            ],
            In("server.log"));
        await ServerStart.WaitAsync(Url, In("server.log"), () => server.HasExited ? Ended("server") : null, cancel);
    }

    private async Task StartAgentsAsync(CancellationToken cancel)
    {
        var (_, topology) = await api.GetAsync<TopologyResponse>("/api/v1/topology", cancel);
        foreach (var (role, arguments) in await network.AgentCommandsAsync(topology.Hosts.Select(host => host.Host)))
            agents.Add((role, children.Start([.. arguments, "--server", Url.ToString(), "--sync-interval", "10s"], In($"{role}.log"))));
        await network.StartedAsync(settings.Port, [("server", server!.Id, In("server.log")), .. agents.Select(one => (one.Role, one.Process.Id, In($"{one.Role}.log")))]);
    }

    private string In(string name) => Path.Combine(folder, name);

    private FailedException Ended(string what)
    {
        var log = In(what + ".log");
        var tail = File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(10)) : "";
        return new FailedException($"the {what} process ended by itself; the end of its log:\n{tail}");
    }
}
