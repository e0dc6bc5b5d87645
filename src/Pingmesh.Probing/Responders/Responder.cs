using System.Net;

namespace Pingmesh.Probing.Responders;

/// <summary>Answers probes at one address and port: TCP connects, TCP and UDP echo, and HTTP.</summary>
public sealed class Responder : IDisposable
{
    /// <summary>Listens and answers from now on.</summary>
    /// <param name="endpoint">Address and port; port 0 for one of the kernel's choice, the same for TCP and UDP.</param>
    /// <param name="dscp">DSCP of its own packets, SYN-ACKs included, 0 to 63. UDP answers bear the DSCP they were asked with.</param>
    /// <exception cref="IOException">It cannot be listened at; says where, why and what helps.</exception>
    public Responder(IPEndPoint endpoint, byte dscp = 0)
    {
        Tcp = new TcpResponder(endpoint, dscp);
        try
        {
            Udp = new UdpResponder(Tcp.Endpoint);
        }
        catch
        {
            Tcp.Dispose();
            throw;
        }
    }

    /// <summary>Where it answers.</summary>
    public IPEndPoint Endpoint => Tcp.Endpoint;

    /// <summary>The TCP side.</summary>
    public TcpResponder Tcp { get; }

    /// <summary>The UDP side.</summary>
    public UdpResponder Udp { get; }

    /// <summary>Stops answering.</summary>
    public void Dispose()
    {
        Tcp.Dispose();
        Udp.Dispose();
    }
}
