using System.Collections.Concurrent;
using System.Net;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Alerts;

/// <summary>A real HTTP server on a free loopback port that answers as it is told, and keeps what it got.</summary>
internal sealed class HookListener : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<int> answers = new();
    private readonly Task serving;

    public HookListener()
    {
        Url = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/");
        listener.Prefixes.Add(Url.ToString());
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    public ConcurrentQueue<(string Method, string Path, string? Signature, string Body)> Requests { get; } = new();

    /// <summary>Status codes of the next answers; then 200.</summary>
    public HookListener Answers(params int[] statuses)
    {
        foreach (var status in statuses) answers.Enqueue(status);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            Requests.Enqueue((context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers["Pingmesh-Signature"], body));
            context.Response.StatusCode = answers.TryDequeue(out var status) ? status : 200;
            context.Response.Close();
        }
    }
}
