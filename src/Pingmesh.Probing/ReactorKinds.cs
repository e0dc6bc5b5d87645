using Pingmesh.Core.Probes;
using Pingmesh.Probing.Icmp;
using Pingmesh.Probing.Tcp;
using Pingmesh.Probing.TcpPayload;
using Pingmesh.Probing.Udp;

namespace Pingmesh.Probing;

/// <summary>The probers of the high-rate kinds, by kind.</summary>
public static class ReactorKinds
{
    /// <summary>A new prober of a kind; it opens no socket yet.</summary>
    /// <exception cref="ArgumentException">The kind is not one of the reactor's.</exception>
    public static IReactorProber Open(ProbeKind kind, ProberOptions options) => kind switch
    {
        ProbeKind.Tcp => new TcpProber(options, TimeProvider.System),
        ProbeKind.TcpPayload => new TcpPayloadProber(options, TimeProvider.System),
        ProbeKind.Icmp => new IcmpProber(options, TimeProvider.System),
        ProbeKind.Udp => new UdpProber(options, TimeProvider.System),
        _ => throw new ArgumentException($"{kind.Name()} is not probed by the reactor", nameof(kind)),
    };
}
