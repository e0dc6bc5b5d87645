using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Grpc;
using Pingmesh.Probing.Http;
using Pingmesh.Probing.Ntp;

namespace Pingmesh.UnitTests.Probing;

public sealed class NtpAndGrpcProberTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 0, 0.0, ProbeError.None)]
    [InlineData(2, 0, 3_600.5, ProbeError.None)]
    [InlineData(0, 0, 0.0, ProbeError.BadStatus)]
    [InlineData(16, 3, 0.0, ProbeError.BadStatus)]
    public async Task Time_server_tells_its_offset_or_why_it_has_no_time(int stratum, int leap, double ahead, ProbeError error)
    {
        var (server, endpoint) = LocalServers.Udp(request =>
        {
            var answer = new byte[48];
            answer[0] = (byte)((leap << 6) | 0x24);
            answer[1] = (byte)stratum;
            if (stratum == 0) "RATE"u8.CopyTo(answer.AsSpan(12));
            request.AsSpan(40, 8).CopyTo(answer.AsSpan(24));
            Stamp(answer.AsSpan(32), ahead);
            Stamp(answer.AsSpan(40), ahead);
            return answer;
        });
        using (server)
        {
            var report = await new NtpProber().ProbeAsync(LocalServers.Target(endpoint), Cancellation);
            Assert.True(error == report.Error, $"{report.Error}: {report.Problem}");
            if (stratum == 0) Assert.Contains("RATE", report.Problem, StringComparison.Ordinal);
            if (error != ProbeError.None) return;
            var offset = double.Parse(report.Facts.Single(fact => fact.Key == "offset_seconds").Value, CultureInfo.InvariantCulture);
            Assert.InRange(offset, ahead - 0.2, ahead + 0.2);
            Assert.InRange(report.RttNanoseconds, 0, 2_000_000_000);
        }
    }

    [Fact]
    public async Task Answer_to_another_request_is_no_answer()
    {
        var (server, endpoint) = LocalServers.Udp(_ =>
        {
            var answer = new byte[48];
            answer[0] = 0x24;
            answer[1] = 2;
            return answer;
        });
        using (server) Assert.Equal(ProbeError.Timeout, (await new NtpProber().ProbeAsync(LocalServers.Target(endpoint, timeoutSeconds: 0.3), Cancellation)).Error);
    }

    [Theory]
    [InlineData("", ProbeError.None, null)]
    [InlineData("down", ProbeError.BadStatus, "NOT_SERVING")]
    [InlineData("unknown", ProbeError.BadStatus, "NOT_FOUND")]
    public async Task Grpc_health_is_asked_by_the_standard_check(string service, ProbeError error, string? told)
    {
        await using var server = await StartAsync();
        var report = await new GrpcProber(new GrpcCheck { Service = service }, null).ProbeAsync(LocalServers.Target(EndpointOf(server)), Cancellation);
        Assert.True(error == report.Error, $"{report.Error}: {report.Problem}");
        if (told is not null) Assert.Contains(told, report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2_is_spoken_at_once_without_tls()
    {
        await using var server = await StartAsync();
        var report = await new HttpProber(new HttpCheck { Version = "2", Path = "/plain" }, null).ProbeAsync(LocalServers.Target(EndpointOf(server)), Cancellation);
        Assert.Equal((ProbeError.None, null), (report.Error, report.Problem));
        Assert.Contains(new("version", "2.0"), report.Facts);
    }

    private static void Stamp(Span<byte> to, double ahead)
    {
        var seconds = ((DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds + ahead) + 2_208_988_800;
        BinaryPrimitives.WriteUInt32BigEndian(to, (uint)(long)seconds);
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], (uint)((seconds - Math.Floor(seconds)) * 4294967296.0));
    }

    private static IPEndPoint EndpointOf(WebApplication server)
    {
        var url = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new IPEndPoint(IPAddress.Parse(url.Host), url.Port);
    }

    /// <summary>A real HTTP/2 server with the health service: "down" does not serve, "unknown" is not there.</summary>
    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        server.MapGet("/plain", () => "plain");
        server.MapPost("/grpc.health.v1.Health/Check", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var service = body.Length > 7 ? System.Text.Encoding.UTF8.GetString(body.ToArray().AsSpan(7)) : "";
            context.Response.ContentType = "application/grpc";
            if (service == "unknown")
            {
                context.Response.Headers["grpc-status"] = "5";
                return;
            }

            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, 2, 8, (byte)(service == "down" ? 2 : 1)]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await server.StartAsync(Cancellation);
        return server;
    }
}
