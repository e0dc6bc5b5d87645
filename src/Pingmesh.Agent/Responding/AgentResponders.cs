using System.Net;
using System.Net.Sockets;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;

namespace Pingmesh.Agent.Responding;

/// <summary>
/// Answers probes at a changing set of addresses: at each on the responder's port, and on the second QoS port where
/// there is one. Used by one thread at a time; <see cref="All"/> by any.
/// </summary>
internal sealed class AgentResponders(AgentSettings settings) : IDisposable
{
    private IReadOnlyList<Responder> responders = [];

    /// <summary>The responders.</summary>
    public IReadOnlyList<Responder> All => Volatile.Read(ref responders);

    /// <summary>Answers at these addresses from now on; empty for all of the machine.</summary>
    /// <returns>The addresses, where every one of the machine is meant the any-addresses.</returns>
    /// <exception cref="IOException">One of them cannot be listened at; says where, why and what helps. Then nothing has changed.</exception>
    public IReadOnlyList<IPAddress> Answer(IReadOnlyList<IPAddress> addresses)
    {
        var wanted = addresses.Count > 0 ? addresses : AnyAddress();
        var opened = new List<Responder>();
        try
        {
            foreach (var address in wanted.Except(All.Select(responder => responder.Endpoint.Address)))
            {
                opened.Add(Open(address, settings.ResponderPort, 0));
                if (settings.QosResponderPort != 0)
                    opened.Add(Open(address, settings.QosResponderPort, settings.QosDscp));
            }
        }
        catch (IOException)
        {
            foreach (var responder in opened) responder.Dispose();
            throw;
        }

        var gone = All.Where(responder => !wanted.Contains(responder.Endpoint.Address)).ToList();
        Volatile.Write(ref responders, [.. All.Except(gone), .. opened]);
        foreach (var responder in gone) responder.Dispose();
        return wanted;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var responder in All) responder.Dispose();
        Volatile.Write(ref responders, []);
    }

    private Responder Open(IPAddress address, int port, byte dscp) =>
        NetworkSpace.In(settings.Space, () => new Responder(new IPEndPoint(address, port), dscp));

    private static IReadOnlyList<IPAddress> AnyAddress() => Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];
}
