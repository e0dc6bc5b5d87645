using System.Net;
using System.Net.Sockets;

namespace Pingmesh.UnitTests.Agent;

/// <summary>Accepts connections at every address of loopback, and counts them.</summary>
internal sealed class CountingPeer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int connects;

    public CountingPeer()
    {
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen(4_096);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public int Connects => Volatile.Read(ref connects);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                (await listener.AcceptAsync()).Dispose();
                Interlocked.Increment(ref connects);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
