using System.Globalization;
using Pingmesh.Lab.Labs;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary>The server and the agents of a lab.</summary>
internal static class LabMesh
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

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
        var deadline = DateTimeOffset.UtcNow + StartTime;
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(2) };
        while (true)
        {
            if (!server.IsRunning) throw new FailedException($"the lab's server ended by itself; the end of its log:\n{server.Tail(10)}");
            try
            {
                using var ready = await http.GetAsync("/readyz", cancel);
                if (ready.IsSuccessStatusCode) return;
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // Not listening yet.
            }

            if (DateTimeOffset.UtcNow > deadline) throw new FailedException($"the server was not ready within {StartTime.TotalSeconds:F0} s; its log is {server.Log}");
            await Task.Delay(50, cancel);
        }
    }
}
