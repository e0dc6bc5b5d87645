using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Dns;
using Pingmesh.Probing.Grpc;
using Pingmesh.Probing.Http;
using Pingmesh.Probing.Ntp;
using Pingmesh.Probing.Tls;

namespace Pingmesh.Probing;

/// <summary>The probers on the platform's stack, by kind.</summary>
public static class PlatformProbers
{
    /// <summary>A prober of a kind, for the checks that go with it.</summary>
    /// <exception cref="FormatException">A check is impossible; names the field.</exception>
    public static IPlatformProber Create(ProbeKind kind, HttpCheck? http, TlsCheck? tls, DnsCheck? dns, GrpcCheck? grpc) => kind switch
    {
        ProbeKind.Http => new HttpProber(http, tls),
        ProbeKind.Tls => new TlsProber(tls),
        ProbeKind.Dns => new DnsProber(dns ?? throw new FormatException("dns: missing; a dns probe needs a name to ask for")),
        ProbeKind.Grpc => new GrpcProber(grpc, tls),
        ProbeKind.Ntp => new NtpProber(),
        _ => throw new FormatException($"kind: {kind.Name()} is not probed on the platform's stack"),
    };

    /// <summary>The port of a kind unless another is named; 0 for a kind without one.</summary>
    public static int DefaultPort(ProbeKind kind, HttpCheck? http, GrpcCheck? grpc) => kind switch
    {
        ProbeKind.Http => http?.Https == true ? 443 : 80,
        ProbeKind.Tls => 443,
        ProbeKind.Dns => 53,
        ProbeKind.Grpc => grpc?.Tls == true ? 443 : 50_051,
        ProbeKind.Ntp => 123,
        _ => 0,
    };
}
