using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pingmesh.Analysis.Ingest;

namespace Pingmesh.Server.Api;

/// <summary><c>GET /api/v1/events</c>: server-sent events that say when live data changed, at most once a second.</summary>
internal sealed class EventsEndpoint(ChangeSignal live, CancellationToken stopping)
{
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public async Task GetAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            var version = live.Version;
            await WriteAsync(context, Message(version), end.Token).ConfigureAwait(false);
            var change = live.WaitForChangeAsync(version, end.Token);
            while (true)
            {
                if (await Task.WhenAny(change, Task.Delay(Heartbeat, end.Token)).ConfigureAwait(false) != change)
                {
                    await WriteAsync(context, ": still here\n\n", end.Token).ConfigureAwait(false);
                    continue;
                }

                version = await change.ConfigureAwait(false);
                await WriteAsync(context, Message(version), end.Token).ConfigureAwait(false);
                await Task.Delay(Spacing, end.Token).ConfigureAwait(false);
                change = live.WaitForChangeAsync(version, end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away, or the server stops.
        }
    }

    private static string Message(long version) => string.Create(CultureInfo.InvariantCulture, $"event: live\ndata: {{\"version\":{version}}}\n\n");

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken cancel)
    {
        await context.Response.WriteAsync(text, cancel).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancel).ConfigureAwait(false);
    }
}
