using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Server.Api;

/// <summary>Passes uploads on to the collector that their host belongs to.</summary>
internal sealed class Forwarding : IDisposable
{
    // Says that an upload was passed on already: collectors whose lists differ must not send it round and round.
    private const string PassedOnHeader = "Pingmesh-Passed-On";

    private readonly Collectors collectors;
    private readonly HttpClient http;

    public Forwarding(Collectors collectors)
    {
        this.collectors = collectors;
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3) }) { Timeout = TimeSpan.FromSeconds(10) };
    }

    /// <summary>Where an upload of a host belongs; null when it is here.</summary>
    public Uri? ElsewhereFor(HttpRequest request, string host) =>
        !request.Headers.ContainsKey(PassedOnHeader) && collectors.OwnerOf(host) is var owner && owner != collectors.Self ? owner : null;

    /// <summary>Passes an upload on and answers as its collector does; 503 when that one cannot be reached: then the agent keeps it.</summary>
    public async Task<IResult> PassOnAsync(HttpContext context, Uri owner, ReadOnlyMemory<byte> batch)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(batch);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(owner, "/api/v1/measurements")) { Content = content };
            request.Headers.TryAddWithoutValidation(PassedOnHeader, "1");
            foreach (var name in new[] { "Authorization", AgentIdentity.SentHeader })
            {
                if (context.Request.Headers.TryGetValue(name, out var value)) request.Headers.TryAddWithoutValidation(name, value.ToString());
            }

            using var response = await http.SendAsync(request, context.RequestAborted).ConfigureAwait(false);
            if (response.Headers.RetryAfter is { } after) context.Response.Headers.RetryAfter = after.ToString();
            return Results.Text(
                await response.Content.ReadAsStringAsync(context.RequestAborted).ConfigureAwait(false), response.Content.Headers.ContentType?.ToString(), statusCode: (int)response.StatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.RetryAfter = "5";
            return Results.Problem(
                statusCode: (int)HttpStatusCode.ServiceUnavailable, title: "Upload not taken", detail: $"the collector of this host, {owner}, cannot be reached; try again later");
        }
    }

    public void Dispose() => http.Dispose();
}
