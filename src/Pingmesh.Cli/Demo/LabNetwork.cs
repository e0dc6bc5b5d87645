using System.Globalization;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Lab.Labs;

namespace Pingmesh.Cli.Demo;

/// <summary>Hosts in network namespaces behind a fabric that breaks on command.</summary>
internal sealed class LabNetwork(DemoSettings settings) : IDemoNetwork
{
    /// <summary>Most hosts of a demo that gets the lab without asking for it.</summary>
    public const int MostHosts = 500;

    private readonly string name = settings.Port == Core.Ports.Server ? "demo" : string.Create(CultureInfo.InvariantCulture, $"demo-{settings.Port}");

    private bool isOurs;

    public string Description => $"a fabric of network namespaces, {settings.Shape.SwitchCount} switches, IPv4 and IPv6 (lab '{name}')";

    public IReadOnlyList<(string Heading, string Command)> Offers =>
    [
        ("break it", $"pingmesh lab fault add random-loss --name {name} --at dc1-spine1 --percent 20"),
        ("", $"pingmesh lab fault add power-loss --name {name} --at dc1/ps2"),
        ("", $"pingmesh lab fault add latency --name {name} --at dc1/ps1/leaves --delay 5ms        pingmesh lab fault kinds"),
        ("mend it", $"pingmesh lab fault clear --name {name}"),
        ("look in", $"pingmesh lab exec --name {name} dc1-ps1-pod1-h1 -- ip route        pingmesh lab status --name {name}"),
    ];

    public async Task<IReadOnlyList<string>> UpAsync(string folder)
    {
        using var lab = await OpenAsync();
        if (await IsInUseAsync(lab))
            throw new FailedException($"lab '{name}' is in use by another demo; choose another port with --port, or end it: pingmesh lab down --name {name}");
        await lab.DownAsync();
        isOurs = true;
        await lab.UpAsync(settings.Shape);
        return ["--topology", lab.TopologyFile, "--mesh", lab.MeshFile];
    }

    public async Task<IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)>> AgentCommandsAsync(IEnumerable<string> hosts)
    {
        using var lab = await OpenAsync();
        return lab.AgentCommands();
    }

    public async Task StartedAsync(int port, IReadOnlyList<(string Role, int Id, string Log)> processes)
    {
        using var lab = await OpenAsync();
        lab.Announce(port, [.. processes.Select(process => LabProcess.Of(process.Role, process.Id, process.Log))]);
    }

    public async ValueTask DisposeAsync()
    {
        // Another demo's lab is not this one's to take down.
        if (!isOurs) return;
        using var lab = await OpenAsync();
        await lab.DownAsync();
    }

    // The server of a demo that was killed ends a moment after it.
    private static async Task<bool> IsInUseAsync(NetworkLab lab)
    {
        var server = lab.State?.Processes.FirstOrDefault(process => process.Role == "server");
        for (var i = 0; i < 50 && server is { IsRunning: true }; i++) await Task.Delay(100);
        return server is { IsRunning: true };
    }

    private Task<NetworkLab> OpenAsync() => NetworkLab.OpenAsync(name, ThisProgram.Command);
}
