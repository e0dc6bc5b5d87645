using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Exposition;

namespace Pingmesh.Agent.Observe;

/// <summary>Serves <c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c> of an agent over HTTP.</summary>
public sealed partial class MetricsEndpoint : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<string> metrics;
    private readonly Func<string?> unhealthy;
    private readonly Func<string?> unready;
    private readonly ILogger logger;

    /// <summary>Makes the endpoint; <see cref="Start"/> opens it.</summary>
    /// <param name="addresses">Addresses to listen at; empty for all.</param>
    /// <param name="port">Port.</param>
    /// <param name="metrics">The metrics, in the Prometheus text format.</param>
    /// <param name="unhealthy">Why the agent is not healthy; null when it is.</param>
    /// <param name="unready">Why the agent is not ready; null when it is.</param>
    /// <param name="logger">The log.</param>
    public MetricsEndpoint(
        IReadOnlyList<IPAddress> addresses, int port, Func<string> metrics, Func<string?> unhealthy, Func<string?> unready, ILogger logger)
    {
        this.metrics = metrics;
        this.unhealthy = unhealthy;
        this.unready = unready;
        this.logger = logger;
        foreach (var host in addresses.Count == 0 ? ["*"] : addresses.Select(Bracketed))
            listener.Prefixes.Add($"http://{host}:{port}/");
    }

    /// <summary>Opens the endpoint.</summary>
    /// <exception cref="IOException">The port cannot be listened at; says why and what helps.</exception>
    public void Start()
    {
        // A listener that fails to start is disposed, and tells its prefixes no more.
        var prefixes = string.Join(", ", listener.Prefixes);
        try
        {
            listener.Start();
        }
        catch (Exception error) when (error is HttpListenerException or SocketException)
        {
            throw new IOException(
                $"metrics cannot be served at {prefixes}: {error.Message}; choose another port with --metrics-port, or 0 for none",
                error);
        }

        _ = ServeAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Close();

    private static string Bracketed(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                TryAnswer(await listener.GetContextAsync().ConfigureAwait(false));
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // A client that went away, or the end of this endpoint.
                LogBroken(error.Message);
            }
        }
    }

    private void TryAnswer(HttpListenerContext context)
    {
        try
        {
            Answer(context);
        }
#pragma warning disable CA1031 // Whatever it is, the client must hear of it, and the next one must be answered.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogBroken(error.Message);
            context.Response.StatusCode = 500;
            context.Response.Close();
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (status, type, body) = context.Request.Url?.AbsolutePath switch
        {
            _ when context.Request.HttpMethod is not ("GET" or "HEAD") => (405, "text/plain", "only GET\n"),
            "/metrics" => (200, PrometheusText.ContentType, metrics()),
            "/healthz" => State(unhealthy()),
            "/readyz" => State(unready()),
            _ => (404, "text/plain", "here are /metrics, /healthz and /readyz\n"),
        };
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.StatusCode = status;
        if (status == 405) context.Response.AddHeader("Allow", "GET, HEAD");
        context.Response.ContentType = type;
        context.Response.ContentLength64 = bytes.Length;
        if (context.Request.HttpMethod == "HEAD") context.Response.Close();
        else context.Response.Close(bytes, willBlock: false);
    }

    private static (int Status, string Type, string Body) State(string? problem) =>
        problem is null ? (200, "text/plain", "ok\n") : (503, "text/plain", problem + "\n");

    [LoggerMessage(Level = LogLevel.Debug, Message = "Metrics request ended early: {Problem}")]
    private partial void LogBroken(string problem);
}
