using Pingmesh.Agent;
using Pingmesh.Agent.Upload;

namespace Pingmesh.Lab.Simulation;

/// <summary>Uploads to a server, each simulated agent as the host it speaks for, by the real agent's own client.</summary>
/// <param name="server">The server.</param>
/// <param name="token">Token for it; null where it asks for none.</param>
/// <param name="folder">Folder for the agents' credentials.</param>
public sealed class ServerSink(Uri server, string? token, string folder) : IUploadSink, IDisposable
{
    private const int AtOnce = 8;
    private const int Tries = 30;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, ServerClient> clients = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel)
    {
        var work = uploads.Select(upload => (Client: ClientOf(upload.Host), upload.Body)).ToList();
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (one, stop) =>
            await SendAsync(one.Client, ServerClient.Gzip(one.Body), stop));
    }

    /// <inheritdoc/>
    public Task FinishAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in clients.Values) client.Dispose();
    }

    private static async Task SendAsync(ServerClient client, byte[] body, CancellationToken cancel)
    {
        var problem = "";
        for (var i = 0; i < Tries; i++)
        {
            var result = await client.UploadAsync(body, cancel);
            if (result.Kind == UploadResultKind.Accepted) return;
            problem = result.Problem ?? "";
            if (result.Kind == UploadResultKind.Refused) break;
            await Task.Delay(result.RetryAfter ?? Wait, cancel);
        }

        throw new LabException($"the server did not take an upload: {problem}");
    }

    private ServerClient ClientOf(string host)
    {
        if (clients.TryGetValue(host, out var client)) return client;
        var spool = Directory.CreateDirectory(Path.Combine(folder, host)).FullName;
        return clients[host] = new ServerClient(new AgentSettings { Host = host, Server = server, Token = token, SpoolFolder = spool, Version = "simulated" });
    }
}
