using System.Net.Security;
using System.Net.Sockets;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Streams;

namespace Pingmesh.Probing.Tls;

/// <summary>Probes by a TLS handshake. Phases: <c>connect</c>, <c>tls</c>. RTT: the handshake.</summary>
/// <remarks>
/// Errors: those of connecting, <c>timeout</c> not connected in time, <c>answer-timeout</c> no handshake in time, <c>tls-failed</c>,
/// <c>bad-certificate</c>, <c>closed</c>. Facts: <c>tls_version</c>, <c>tls_cipher</c>, <c>certificate_subject</c>, <c>certificate_not_after</c>,
/// <c>certificate_days_left</c>.
/// </remarks>
public sealed class TlsProber : IPlatformProber
{
    private readonly CertificateCheck certificates;

    /// <summary>A prober for a check.</summary>
    /// <exception cref="FormatException">The check is impossible; says which field.</exception>
    public TlsProber(TlsCheck? check) => certificates = new CertificateCheck(check);

    /// <inheritdoc/>
    public ProbeKind Kind => ProbeKind.Tls;

    /// <inheritdoc/>
    public Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel) =>
        PlatformProbe.RunAsync(target, (probe, limit) => ShakeHandsAsync(probe, target, limit), cancel);

    private async Task ShakeHandsAsync(PlatformProbe probe, PlatformTarget target, CancellationToken cancel)
    {
        using var socket = await ProbeSockets.ConnectAsync(SocketRequest.Of(target, SocketType.Stream), cancel).ConfigureAwait(false);
        probe.SourcePort = ProbeSockets.PortOf(socket);
        probe.IsConnected = true;
        probe.EndPhase("connect");
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await using (tls.ConfigureAwait(false))
        {
            await tls.AuthenticateAsClientAsync(certificates.Options(target, probe), cancel).ConfigureAwait(false);
            probe.RttNanoseconds = probe.EndPhase("tls");
            probe.Fact("tls_version", VersionOf(tls));
            probe.Fact("tls_cipher", tls.NegotiatedCipherSuite.ToString());
        }
    }

    internal static string VersionOf(SslStream tls) => tls.SslProtocol.ToString() switch
    {
        "Tls12" => "1.2",
        "Tls13" => "1.3",
        var other => other,
    };
}
