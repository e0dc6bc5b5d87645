using System.Net;

namespace Pingmesh.Probing.Tcp;

/// <summary>Descriptors that wait for their next connection, by family. Used by one thread.</summary>
internal sealed class ProbeSocketPool(ProberOptions options)
{
    private readonly ProbeTarget? sourceIPv4 = Source(options.SourceIPv4);
    private readonly ProbeTarget? sourceIPv6 = Source(options.SourceIPv6);
    private readonly Stack<ProbeSocket> idleIPv4 = new();
    private readonly Stack<ProbeSocket> idleIPv6 = new();

    /// <summary>Takes a descriptor, or opens one.</summary>
    /// <returns>0, or the errno that prevented it.</returns>
    public int Take(bool ipv6, out ProbeSocket socket)
    {
        var idle = ipv6 ? idleIPv6 : idleIPv4;
        return idle.TryPop(out socket) ? 0 : ProbeSocket.Open(ipv6, ipv6 ? sourceIPv6 : sourceIPv4, out socket);
    }

    /// <summary>Resets a connection and keeps its descriptor for the next one.</summary>
    public void Recycle(in ProbeSocket socket, bool ipv6)
    {
        if (socket.Disconnect()) (ipv6 ? idleIPv6 : idleIPv4).Push(socket);
        else socket.Close();
    }

    /// <summary>Closes all descriptors that wait.</summary>
    public void Close()
    {
        while (idleIPv4.TryPop(out var socket)) socket.Close();
        while (idleIPv6.TryPop(out var socket)) socket.Close();
    }

    private static ProbeTarget? Source(IPAddress? address) => address is null ? null : ProbeTarget.Create(address, 0);
}
