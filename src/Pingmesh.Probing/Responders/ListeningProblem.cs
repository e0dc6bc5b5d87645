using System.Net;
using System.Net.Sockets;

namespace Pingmesh.Probing.Responders;

/// <summary>Says why a responder cannot listen, and what helps.</summary>
internal static class ListeningProblem
{
    public static IOException Of(IPEndPoint endpoint, string protocol, SocketException error)
    {
        var remedy = error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there: stop it, or choose another port with --responder-port or --qos-responder-port",
            SocketError.AddressNotAvailable => "it is no address of this machine: correct the topology, or give this machine's address with --address",
            SocketError.AccessDenied => "ports below 1024 need a privilege: choose another with --responder-port",
            _ => "see the error",
        };
        return new IOException($"the responder cannot listen at {endpoint} ({protocol}): {error.Message}; {remedy}", error);
    }
}
