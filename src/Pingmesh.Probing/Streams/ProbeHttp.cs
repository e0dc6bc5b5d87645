using System.Net.Security;
using System.Net.Sockets;
using Pingmesh.Probing.Tls;

namespace Pingmesh.Probing.Streams;

/// <summary>An HTTP client for one request of one probe, on a connection of its own to the target's address.</summary>
internal static class ProbeHttp
{
    /// <summary>
    /// The client. It ends the phases <c>connect</c> and <c>tls</c> of the probe. No proxy, redirects, cookies or decompression: what is
    /// measured is this target and nothing else.
    /// </summary>
    /// <param name="probe">The probe.</param>
    /// <param name="target">What it is of.</param>
    /// <param name="certificates">The check of certificates; null without TLS.</param>
    /// <param name="http2">Whether HTTP/2 is spoken.</param>
    public static HttpMessageInvoker Open(PlatformProbe probe, PlatformTarget target, CertificateCheck? certificates, bool http2)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = 1,
            MaxResponseHeadersLength = 64,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = await ProbeSockets.ConnectAsync(SocketRequest.Of(target, SocketType.Stream), cancel).ConfigureAwait(false);
                probe.SourcePort = ProbeSockets.PortOf(socket);
                probe.IsConnected = true;
                probe.EndPhase("connect");
                Stream stream = new NetworkStream(socket, ownsSocket: true);
                if (certificates is null) return stream;
                var tls = new SslStream(stream);
                try
                {
                    var options = certificates.Options(target, probe);
                    options.ApplicationProtocols = [http2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11];
                    await tls.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
                    probe.EndPhase("tls");
                    probe.Fact("tls_version", TlsProber.VersionOf(tls));
                    return tls;
                }
                catch
                {
                    await tls.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            },
        };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>The URL of a request. The scheme is always plain: the TLS layer is under the connection already.</summary>
    public static Uri UrlOf(PlatformTarget target, string path)
    {
        var host = target.Name.Contains(':', StringComparison.Ordinal) ? $"[{target.Name}]" : target.Name;
        return new Uri($"http://{host}:{target.Port}{path}");
    }
}
