using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Http;
using Pingmesh.Probing.Tls;

namespace Pingmesh.UnitTests.Probing;

public sealed class HttpProberTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_is_made_as_asked_and_its_phases_add_up()
    {
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (listener, endpoint) = LocalServers.Tcp(client => AnswerAsync(client, "HTTP/1.1 201 Created\r\nX-Version: 7\r\nContent-Length: 5\r\n\r\nready", asked.SetResult));
        using (listener)
        {
            var check = new HttpCheck
            {
                Path = "/health?x=1", Method = "POST", Body = "ping", Status = ["200-204"], BodyMatches = "^rea", Headers = new Dictionary<string, string> { ["Host"] = "site.example", ["X-A"] = "b" },
                HeaderMatches = new Dictionary<string, string> { ["x-version"] = "^[0-9]$" },
            };
            var report = await new HttpProber(check, null).ProbeAsync(LocalServers.Target(endpoint), Cancellation);
            Assert.Equal((ProbeError.None, null), (report.Error, report.Problem));
            Assert.Equal(["connect", "first-byte", "transfer"], report.Phases.Select(phase => phase.Name));
            Assert.Equal(report.RttNanoseconds, report.Phases.Sum(phase => phase.Nanoseconds));
            Assert.Contains(new("status", "201"), report.Facts);
            Assert.Contains(new("bytes", "5"), report.Facts);
            var seen = await asked.Task;
            Assert.StartsWith("POST /health?x=1 HTTP/1.1\r\n", seen, StringComparison.Ordinal);
            Assert.Contains("Host: site.example\r\n", seen, StringComparison.Ordinal);
            Assert.Contains("X-A: b\r\n", seen, StringComparison.Ordinal);
            Assert.EndsWith("\r\n\r\nping", seen, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", ProbeError.BadStatus)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndown", ProbeError.BadContent)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", ProbeError.BadAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup", ProbeError.Closed)]
    [InlineData("", ProbeError.Closed)]
    [InlineData(null, ProbeError.AnswerTimeout)]
    public async Task Wrong_answers_each_have_their_code(string? answer, ProbeError error)
    {
        var (listener, endpoint) = LocalServers.Tcp(async client =>
        {
            if (answer is null) await Task.Delay(5_000);
            else await AnswerAsync(client, answer);
        });
        using (listener)
        {
            var report = await new HttpProber(new HttpCheck { BodyMatches = "^up$" }, null)
                .ProbeAsync(LocalServers.Target(endpoint, timeoutSeconds: answer is null ? 0.5 : 5), Cancellation);
            Assert.True(error == report.Error, $"{report.Error}: {report.Problem}");
            Assert.NotNull(report.Problem);
        }
    }

    [Fact]
    public async Task Closed_port_is_refused_and_https_to_a_plain_server_fails_in_tls()
    {
        var (listener, endpoint) = LocalServers.Tcp(async client =>
        {
            _ = await client.ReceiveAsync(new byte[4_000]);
            await client.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        using (listener)
        {
            var report = await new HttpProber(new HttpCheck { Https = true }, null).ProbeAsync(LocalServers.Target(endpoint), Cancellation);
            Assert.True(ProbeError.TlsFailed == report.Error, $"{report.Error}: {report.Problem}");
        }

        Assert.Equal(ProbeError.Refused, (await new HttpProber(null, null).ProbeAsync(LocalServers.Target(new IPEndPoint(IPAddress.Parse("127.64.1.9"), 1)), Cancellation)).Error);
    }

    [Theory]
    [InlineData("good.example", 30, 0, true, ProbeError.None)]
    [InlineData("other.example", 30, 0, true, ProbeError.BadCertificate)]
    [InlineData("good.example", -2, 0, true, ProbeError.BadCertificate)]
    [InlineData("good.example", 30, 60, true, ProbeError.BadCertificate)]
    [InlineData("other.example", -2, 0, false, ProbeError.None)]
    public async Task Certificates_are_checked_for_name_time_and_days_left(string name, int daysLeft, int minDays, bool verify, ProbeError error)
    {
        using var certificate = LocalServers.Certificate(name, daysLeft);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancellation);
        var (listener, endpoint) = LocalServers.Tcp(async client =>
        {
            await using var tls = new SslStream(new NetworkStream(client));
            await tls.AuthenticateAsServerAsync(certificate);
            var head = new byte[4_000];
            _ = await tls.ReadAsync(head);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            await tls.FlushAsync();
            _ = await tls.ReadAsync(head);
        });
        using (listener)
        {
            var check = new TlsCheck { Authorities = file, MinDaysLeft = minDays, Verify = verify };
            foreach (var prober in new IPlatformProber[] { new TlsProber(check), new HttpProber(new HttpCheck { Https = true }, check) })
            {
                var report = await prober.ProbeAsync(LocalServers.Target(endpoint, "good.example"), Cancellation);
                Assert.True(error == report.Error, $"{prober.Kind}: {report.Error}: {report.Problem}");
                Assert.Contains(report.Facts, fact => fact.Key == "certificate_not_after");
                if (error == ProbeError.None) Assert.Contains(report.Phases, phase => phase.Name == "tls");
            }
        }

        File.Delete(file);
    }

    [Theory]
    [InlineData("http.path", "path")]
    [InlineData("http.version", "version")]
    [InlineData("http.status", "status")]
    [InlineData("http.body_matches", "regex")]
    [InlineData("http.headers", "header")]
    [InlineData("tls.authorities", "authorities")]
    public void Impossible_checks_are_refused_by_the_name_of_their_field(string field, string what)
    {
        var check = what switch
        {
            "path" => new HttpCheck { Path = "x" },
            "version" => new HttpCheck { Version = "3" },
            "status" => new HttpCheck { Status = ["300-200"] },
            "regex" => new HttpCheck { BodyMatches = "(" },
            "header" => new HttpCheck { Headers = new Dictionary<string, string> { ["a b"] = "c" } },
            _ => new HttpCheck { Https = true },
        };
        var error = Assert.Throws<FormatException>(() => PlatformProbers.Create(ProbeKind.Http, check, new TlsCheck { Authorities = "/no/such.pem" }, null, null));
        Assert.StartsWith(field, error.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(Socket client, string answer, Action<string>? asked = null)
    {
        var buffer = new byte[8_000];
        var length = 0;
        string seen;
        do
        {
            length += await client.ReceiveAsync(buffer.AsMemory(length));
            seen = Encoding.ASCII.GetString(buffer, 0, length);
        }
        while (!seen.Contains("\r\n\r\n", StringComparison.Ordinal) || (seen.StartsWith("POST", StringComparison.Ordinal) && !seen.EndsWith("ping", StringComparison.Ordinal)));
        asked?.Invoke(seen);
        await client.SendAsync(Encoding.ASCII.GetBytes(answer));
        client.Shutdown(SocketShutdown.Send);
        _ = await client.ReceiveAsync(buffer);
    }
}
