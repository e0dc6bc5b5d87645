using System.Net;
using System.Net.Sockets;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>A plain TCP load balancer: each connection to the next backend that answers.</summary>
internal sealed class RoundRobinProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int[] backends;
    private int next;

    public RoundRobinProxy(params int[] backends)
    {
        this.backends = backends;
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Url => new($"http://{listener.LocalEndpoint}");

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = ForwardAsync(await listener.AcceptTcpClientAsync());
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var from = client;
        for (var i = 0; i < backends.Length; i++)
        {
            using var to = new TcpClient();
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, backends[Interlocked.Increment(ref next) % backends.Length]);
            }
            catch (SocketException)
            {
                continue;
            }

            var (near, far) = (from.GetStream(), to.GetStream());
            try
            {
                await await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
            }
            catch (IOException)
            {
                // One of the ends was killed.
            }

            return;
        }
    }
}
