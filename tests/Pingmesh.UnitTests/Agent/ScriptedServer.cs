using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pingmesh.Core.Wire;

namespace Pingmesh.UnitTests.Agent;

/// <summary>A request as it came.</summary>
internal sealed record ScriptedRequest(string Method, string Path, string Headers, byte[] Body)
{
    public MeasurementBatch Batch()
    {
        using var gzip = new GZipStream(new MemoryStream(Body), CompressionMode.Decompress);
        return MeasurementBatch.Parser.ParseFrom(gzip);
    }
}

/// <summary>An HTTP server of raw bytes on loopback: what it answers, also what no decent server would, is the test's.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<ScriptedRequest> requests = [];

    public ScriptedServer(int port = 0)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Gives the whole answer, head and body; null for none at all.</summary>
    public Func<ScriptedRequest, byte[]?> Answer { get; set; } = _ => Response("200 OK");

    public List<ScriptedRequest> Requests
    {
        get
        {
            lock (gate) return [.. requests];
        }
    }

    public static byte[] Response(string status, string headers = "", string body = "") => Response(status, headers, Encoding.UTF8.GetBytes(body));

    public static byte[] Response(string status, string headers, byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var cancel = stop.Token;
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(cancel), cancel);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancel)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(one, cancel) == 0) return;
                    head.Append((char)one[0]);
                }

                var text = head.ToString();
                const string Length = "Content-Length: ";
                var at = text.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
                var body = at < 0 ? [] : new byte[int.Parse(text.AsSpan(at + Length.Length, text.IndexOf('\r', at) - at - Length.Length), null)];
                await stream.ReadExactlyAsync(body, cancel);
                var line = text.Split(' ', 3);
                var request = new ScriptedRequest(line[0], line[1], text, body);
                lock (gate) requests.Add(request);
                if (Answer(request) is { } answer) await stream.WriteAsync(answer, cancel);
                else await Task.Delay(Timeout.Infinite, cancel);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // The client went away, or the end.
            }
        }
    }
}
