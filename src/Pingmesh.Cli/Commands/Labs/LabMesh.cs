using System.Globalization;
using Pingmesh.Lab.Labs;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>The server and the agents of a lab.</summary>
internal static class LabMesh
{
    /// <summary>Starts what does not run of them; returns when the server is ready.</summary>
    /// <exception cref="FailedException">The server did not start; says why.</exception>
    public static async Task StartAsync(NetworkLab lab, int port, TimeSpan interval, CancellationToken cancel)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var wasRunning = lab.State!.Processes.Any(process => process is { Role: "server", IsRunning: true });
        if (!wasRunning) LoopbackPort.Check(port);
        lab.Start(
            port,
            ["--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--probe-interval", DurationText.Format(interval)],
            ["--server", url, "--sync-interval", "10s"]);
        var server = lab.State!.Processes.Single(process => process.Role == "server");
        await ServerStart.WaitAsync(
            new Uri(url), server.Log, () => server.IsRunning ? null : new FailedException($"the lab's server ended by itself; the end of its log:\n{server.Tail(10)}"), cancel);
    }
}
