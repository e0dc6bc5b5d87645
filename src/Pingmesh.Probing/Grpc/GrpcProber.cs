using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Streams;
using Pingmesh.Probing.Tls;

namespace Pingmesh.Probing.Grpc;

/// <summary>
/// Probes by the standard gRPC health check, <c>grpc.health.v1.Health/Check</c>, over HTTP/2. Phases: <c>connect</c>, <c>tls</c>,
/// <c>first-byte</c>, <c>transfer</c>. RTT: all of them.
/// </summary>
/// <remarks>
/// Errors: those of connecting, of TLS and of HTTP; <c>bad-status</c> when the service is not serving, unknown, or the server has no
/// health service. Facts: <c>grpc_status</c>, <c>health</c>.
/// </remarks>
public sealed class GrpcProber : IPlatformProber
{
    private const string Path = "/grpc.health.v1.Health/Check";
    private const int FrameHeaderBytes = 5;
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly string[] Health = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    // grpc.io, "Status codes and their use in gRPC".
    private static readonly string[] Statuses =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    private readonly byte[] request;
    private readonly CertificateCheck? certificates;

    /// <summary>A prober for a check.</summary>
    /// <exception cref="FormatException">The check is impossible; says which field.</exception>
    public GrpcProber(GrpcCheck? check, TlsCheck? tls)
    {
        var service = Encoding.UTF8.GetBytes(check?.Service ?? "");
        if (service.Length > 127) throw new FormatException("grpc.service: longer than 127 bytes");
        request = Frame(service);
        if (check?.Tls == true) certificates = new CertificateCheck(tls);
    }

    /// <inheritdoc/>
    public ProbeKind Kind => ProbeKind.Grpc;

    /// <inheritdoc/>
    public Task<ProbeReport> ProbeAsync(PlatformTarget target, CancellationToken cancel) =>
        PlatformProbe.RunAsync(target, (probe, limit) => AskAsync(probe, target, limit), cancel);

    // Not compressed, the length, then HealthCheckRequest: field 1, a string.
    private static byte[] Frame(byte[] service)
    {
        var message = service.Length == 0 ? [] : (byte[])[0x0A, (byte)service.Length, .. service];
        var frame = new byte[FrameHeaderBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }

    private async Task AskAsync(PlatformProbe probe, PlatformTarget target, CancellationToken cancel)
    {
        using var client = ProbeHttp.Open(probe, target, certificates, http2: true);
        using var message = new HttpRequestMessage(HttpMethod.Post, ProbeHttp.UrlOf(target, Path))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(request),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await client.SendAsync(message, cancel).ConfigureAwait(false);
        probe.EndPhase("first-byte");
        if (response.StatusCode != HttpStatusCode.OK)
            throw new ProbeException(ProbeError.BadStatus, $"HTTP status {(int)response.StatusCode}: no gRPC server, or one behind a proxy that refuses");
        var body = await ReadAsync(response, cancel).ConfigureAwait(false);
        probe.EndPhase("transfer");
        probe.RttNanoseconds = probe.Total();
        Judge(probe, response, body);
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var all = new MemoryStream();
            var buffer = new byte[1_024];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            {
                all.Write(buffer, 0, read);
                if (all.Length > MaxAnswerBytes) throw new ProbeException(ProbeError.BadAnswer, $"the answer is longer than {MaxAnswerBytes} bytes");
            }

            return all.ToArray();
        }
    }

    private static void Judge(PlatformProbe probe, HttpResponseMessage response, byte[] body)
    {
        // An error may come without a body, and then stands in the head.
        var status = First(response.TrailingHeaders, "grpc-status") ?? First(response.Headers, "grpc-status")
            ?? throw new ProbeException(ProbeError.BadAnswer, "the answer has no grpc-status");
        var name = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < Statuses.Length ? Statuses[code] : status;
        probe.Fact("grpc_status", name);
        if (code != 0)
        {
            throw new ProbeException(ProbeError.BadStatus, name switch
            {
                "NOT_FOUND" => "the server does not know the service (NOT_FOUND)",
                "UNIMPLEMENTED" => "the server has no health service (UNIMPLEMENTED)",
                _ => $"the health check failed with {name}",
            });
        }

        var health = ReadHealth(body);
        probe.Fact("health", health);
        if (health != "SERVING") throw new ProbeException(ProbeError.BadStatus, $"the service's health is {health}");
    }

    private static string? First(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    // HealthCheckResponse: field 1, a number; left out when it is 0.
    private static string ReadHealth(byte[] body)
    {
        if (body.Length < FrameHeaderBytes || body[0] != 0) throw new ProbeException(ProbeError.BadAnswer, "the answer holds no plain gRPC message");
        if (BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) != body.Length - FrameHeaderBytes)
            throw new ProbeException(ProbeError.BadAnswer, "the answer's message is cut off");
        try
        {
            var input = new Google.Protobuf.CodedInputStream(body, FrameHeaderBytes, body.Length - FrameHeaderBytes);
            var health = 0;
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                if (tag == 8) health = input.ReadEnum();
                else input.SkipLastField();
            }

            return health >= 0 && health < Health.Length ? Health[health] : health.ToString(CultureInfo.InvariantCulture);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException error)
        {
            throw new ProbeException(ProbeError.BadAnswer, $"the answer's message is broken: {error.Message}");
        }
    }
}
