using System.Net;
using System.Net.Sockets;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Responders;

/// <summary>
/// Answers TCP connects. The kernel does it alone: with TCP_DEFER_ACCEPT it completes handshakes without waking this
/// process, so that a busy or stalled process is not taken for network loss. Only a client that sends data is handed
/// over; its connection is reset at once.
/// </summary>
public sealed class TcpResponder : IDisposable
{
    private const int Backlog = 4096;

    // linux/tcp.h. How long the kernel holds back a connection without data, in seconds; probes reset theirs long before.
    private const int TcpDeferAccept = 9;
    private const int DeferSeconds = 30;

    private static readonly TimeSpan OutOfDescriptorsPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket listener;
    private readonly ManualResetEventSlim stopped = new();
    private readonly Thread thread;
    private long accepted;

    /// <summary>Listens and answers from now on.</summary>
    /// <param name="endpoint">Address and port.</param>
    /// <exception cref="IOException">It cannot be listened at; says where, why and what helps.</exception>
    public TcpResponder(IPEndPoint endpoint)
    {
        listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.SetRawSocketOption(Native.SolSocket, ReuseAddress, BitConverter.GetBytes(1));
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) listener.DualMode = false;
            listener.SetRawSocketOption(Native.IpProtoTcp, TcpDeferAccept, BitConverter.GetBytes(DeferSeconds));
            listener.Bind(endpoint);
            listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new IOException(Explain(endpoint, error), error);
        }

        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        thread = new Thread(Accept) { Name = $"respond {endpoint}", IsBackground = true };
        thread.Start();
    }

    /// <summary>Where it listens; with the port the kernel chose where 0 was asked for.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Connections that were handed over by the kernel, and reset.</summary>
    public long Accepted => Volatile.Read(ref accepted);

    /// <summary>Stops answering.</summary>
    public void Dispose()
    {
        if (stopped.IsSet) return;
        stopped.Set();

        // Ends the accept that blocks the thread.
        listener.Dispose();
        thread.Join();
        stopped.Dispose();
    }

    // SO_REUSEADDR itself, without what .NET means by ReuseAddress (which adds SO_REUSEPORT).
    private const int ReuseAddress = 2;

    private static string Explain(IPEndPoint endpoint, SocketException error)
    {
        var remedy = error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there: stop it, or choose another port with --responder-port",
            SocketError.AddressNotAvailable => "it is no address of this machine: correct the topology, or give this machine's address with --address",
            SocketError.AccessDenied => "ports below 1024 need a privilege: choose another with --responder-port",
            _ => "see the error",
        };
        return $"the responder cannot listen at {endpoint}: {error.Message}; {remedy}";
    }

    private void Accept()
    {
        while (!stopped.IsSet)
        {
            try
            {
                using var connection = listener.Accept();
                Interlocked.Increment(ref accepted);
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The connection stays in the queue; asking again at once would only burn the CPU.
                stopped.Wait(OutOfDescriptorsPause);
            }
            catch (SocketException)
            {
                // The client went away between its data and the accept, or the listener was closed.
            }
        }
    }
}
