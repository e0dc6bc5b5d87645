using System.Net;
using System.Net.Sockets;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.Cli.Running;

/// <summary>Sees to ports of loopback.</summary>
internal static class LoopbackPort
{
    /// <summary>Sees that a server can listen at a port.</summary>
    /// <exception cref="FailedException">It cannot; names the flag that chooses another.</exception>
    public static void Check(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen();
        }
        catch (SocketException error)
        {
            throw new FailedException($"the server cannot listen at 127.0.0.1:{port}: {error.Message}; choose another port with --port");
        }
    }
}
