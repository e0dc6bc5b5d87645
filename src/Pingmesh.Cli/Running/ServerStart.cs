using Pingmesh.AgentCli.Running;

namespace Pingmesh.Cli.Running;

/// <summary>Waits for a server that was started as another process.</summary>
internal static class ServerStart
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the server is ready.</summary>
    /// <param name="url">The server.</param>
    /// <param name="log">File of its output, for messages.</param>
    /// <param name="ended">The failure to tell when it has ended by itself; null while it runs.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FailedException">It has ended, or takes too long.</exception>
    public static async Task WaitAsync(Uri url, string log, Func<FailedException?> ended, CancellationToken cancel)
    {
        var deadline = DateTimeOffset.UtcNow + StartTime;
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(2) };
        while (true)
        {
            if (ended() is { } failure) throw failure;
            try
            {
                using var ready = await http.GetAsync("/readyz", cancel);
                if (ready.IsSuccessStatusCode) return;
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // Not listening yet.
            }

            if (DateTimeOffset.UtcNow > deadline) throw new FailedException($"the server was not ready within {StartTime.TotalSeconds:F0} s; its log is {log}");
            await Task.Delay(50, cancel);
        }
    }
}
