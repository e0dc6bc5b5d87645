using System.Net;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Responders;

namespace Pingmesh.Bench.Agents;

/// <summary>A kind of probe that lives on the reactor.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Port">The peers' port; 0 for none.</param>
/// <param name="Answer">Makes what answers it; null where the kernel or the network's own responder does.</param>
internal sealed record ReactorKind(ProbeKind Kind, int Port, Func<IDisposable>? Answer = null)
{
    public static readonly ReactorKind Tcp = new(ProbeKind.Tcp, Ports.Responder);

    /// <summary>Every kind whose rate is measured. The UDP responder's limit for one source is lifted: here one host stands for many.</summary>
    public static IReadOnlyList<ReactorKind> All { get; } =
    [
        Tcp,
        new(ProbeKind.Icmp, 0),
        new(ProbeKind.Udp, Ports.Responder, () => new UdpResponder(new IPEndPoint(IPAddress.Any, Ports.Responder), new SourceLimiter(int.MaxValue, long.MaxValue))),
    ];
}
