using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Bench.Agents;

/// <summary>Asks the blackbox exporter for 250 probes a second, as Prometheus would, over connections that stay. Its own cost is not counted.</summary>
internal sealed class ExporterDriver : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http;

    public ExporterDriver(PeerNetwork network)
    {
        var exporter = IPEndPoint.Parse(Contender.ExporterAddress);
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = network.InClient(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
                await socket.ConnectAsync(exporter, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        _ = Task.Run(DriveAsync);
    }

    public void Dispose()
    {
        stop.Cancel();
        http.Dispose();
    }

    private async Task DriveAsync()
    {
        var peers = PeerNetwork.Addresses().ToArray();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / Contender.Rate) - Stopwatch.GetElapsedTime(begun);
            if (due > TimeSpan.Zero) await Task.Delay(due);
            _ = AskAsync(peers[i % peers.Length]);
        }
    }

    private async Task AskAsync(IPAddress peer)
    {
        try
        {
            _ = await http.GetByteArrayAsync($"http://{Contender.ExporterAddress}/probe?module=tcp_connect&target={peer}:58100", stop.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // The exporter is not up yet, or the measurement is over; what arrives at the peers is what is counted.
        }
    }
}
