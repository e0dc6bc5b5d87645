using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Exposition;

namespace Pingmesh.Agent.Observe;

/// <summary>
/// Serves <c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c> of an agent over HTTP, by itself: the platform's own listener takes no IPv6
/// addresses, and a web framework would outweigh the agent. One request a connection, a bounded number at once.
/// </summary>
public sealed partial class MetricsEndpoint : IDisposable
{
    private const int MaxAtOnce = 16;
    private const int MaxHeadBytes = 8 * 1024;
    private const int Backlog = 64;

    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<IPEndPoint> endpoints;
    private readonly List<Socket> listeners = [];
    private readonly SemaphoreSlim slots = new(MaxAtOnce);
    private readonly CancellationTokenSource stop = new();
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

        // The IPv6 any-address takes IPv4 connections too, where the machine has IPv6.
        IReadOnlyList<IPAddress> at = addresses.Count > 0 ? addresses : [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        endpoints = [.. at.Select(address => new IPEndPoint(address, port))];
    }

    /// <summary>Opens the endpoint.</summary>
    /// <exception cref="IOException">The port cannot be listened at; says why and what helps.</exception>
    public void Start()
    {
        foreach (var endpoint in endpoints)
        {
            var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listeners.Add(listener);
            try
            {
                if (endpoint.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
                listener.Bind(endpoint);
                listener.Listen(Backlog);
            }
            catch (SocketException error)
            {
                Dispose();
                throw new IOException(
                    $"metrics cannot be served at {endpoint}: {error.Message}; choose another port with --metrics-port, or 0 for none", error);
            }
        }

        foreach (var listener in listeners) _ = ServeAsync(listener);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (stop.IsCancellationRequested) return;
        stop.Cancel();
        foreach (var listener in listeners) listener.Dispose();
    }

    private async Task ServeAsync(Socket listener)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await slots.WaitAsync(stop.Token).ConfigureAwait(false);
                Socket connection;
                try
                {
                    connection = await listener.AcceptAsync(stop.Token).ConfigureAwait(false);
                }
                catch
                {
                    slots.Release();
                    throw;
                }

                _ = AnswerAsync(connection);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, or a client that went away: the next one is waited for, but not in haste.
                LogBroken(error.Message);
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            limit.CancelAfter(RequestTime);
            var stream = new NetworkStream(connection, ownsSocket: true);
            await using (stream.ConfigureAwait(false))
            {
                if (await ReadRequestLineAsync(stream, limit.Token).ConfigureAwait(false) is { } line)
                    await stream.WriteAsync(Answer(line), limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A client that went away or was too slow, or the end of this endpoint.
            LogBroken(error.Message);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>The first line of a request whose head has come in full; null where it never does.</summary>
    private static async Task<string?> ReadRequestLineAsync(NetworkStream stream, CancellationToken cancel)
    {
        var head = new byte[MaxHeadBytes];
        var length = 0;
        while (length < head.Length)
        {
            var read = await stream.ReadAsync(head.AsMemory(length), cancel).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
            if (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) return Encoding.ASCII.GetString(head, 0, head.AsSpan().IndexOf("\r\n"u8));
        }

        return null;
    }

    private byte[] Answer(string requestLine)
    {
        var words = requestLine.Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal)) return Response("400 Bad Request", "text/plain", "no HTTP/1.1 request\n", false);
        var head = words[0] == "HEAD";
        if (!head && words[0] != "GET") return Response("405 Method Not Allowed", "text/plain", "only GET\n", head, "Allow: GET, HEAD\r\n");
        try
        {
            return words[1].Split('?')[0] switch
            {
                "/metrics" => Response("200 OK", PrometheusText.ContentType, metrics(), head),
                "/healthz" => State(unhealthy(), head),
                "/readyz" => State(unready(), head),
                _ => Response("404 Not Found", "text/plain", "here are /metrics, /healthz and /readyz\n", head),
            };
        }
#pragma warning disable CA1031 // Whatever it is, the client must hear of it, and the next one must be answered.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogBroken(error.Message);
            return Response("500 Internal Server Error", "text/plain", "", head);
        }
    }

    private static byte[] State(string? problem, bool head) =>
        problem is null ? Response("200 OK", "text/plain", "ok\n", head) : Response("503 Service Unavailable", "text/plain", problem + "\n", head);

    private static byte[] Response(string status, string type, string body, bool head, string more = "")
    {
        var length = Encoding.UTF8.GetByteCount(body);
        return Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{more}Connection: close\r\n\r\n{(head ? "" : body)}");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Metrics request ended early: {Problem}")]
    private partial void LogBroken(string problem);
}
