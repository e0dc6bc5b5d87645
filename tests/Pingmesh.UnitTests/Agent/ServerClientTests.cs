using System.Net;
using System.Text;
using Pingmesh.Agent;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Pinglists;
using static Pingmesh.UnitTests.Agent.Pinglists;
using static Pingmesh.UnitTests.Agent.ScriptedServer;

namespace Pingmesh.UnitTests.Agent;

public sealed class ServerClientTests : IDisposable
{
    private const string Problem = "Content-Type: application/problem+json\r\n";

    private readonly ScriptedServer server = new();
    private readonly TemporaryFolder folder = new();
    private readonly ServerClient client;

    public ServerClientTests()
    {
        // As an earlier run left it.
        File.WriteAllText(CredentialPath, "secret\n2099-01-01T00:00:00Z\n");
        client = Client(server.Port);
    }

    private string CredentialPath => Path.Combine(folder.Path, "credential");

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Client_tells_its_labels_and_addresses()
    {
        server.Answer = _ => Response("304 Not Modified", "ETag: \"v1\"\r\n");
        await Fetch("\"v1\"");
        Assert.Contains("Pingmesh-Labels: dc=a%2Cb\r\n", server.Requests[0].Headers, StringComparison.Ordinal);
        Assert.Contains("Pingmesh-Addresses: 10.0.0.7\r\n", server.Requests[0].Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_sends_back_what_its_list_was_made_from_beside_the_lists_tag()
    {
        server.Answer = _ => Response("304 Not Modified", $"ETag: \"v1\"\r\nPingmesh-Mesh: m{server.Requests.Count}\r\n");
        await Fetch("\"v1\"");
        await Fetch("\"v1\"");
        await Fetch(null);
        Assert.DoesNotContain("Pingmesh-Mesh", server.Requests[0].Headers, StringComparison.Ordinal);
        Assert.Contains("Pingmesh-Mesh: m1\r\n", server.Requests[1].Headers, StringComparison.Ordinal);
        Assert.DoesNotContain("Pingmesh-Mesh", server.Requests[2].Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_is_exchanged_once_for_a_credential_which_is_kept_and_renewed_when_it_is_refused()
    {
        File.Delete(CredentialPath);
        var issued = 0;
        server.Answer = request =>
        {
            if (request.Path.StartsWith("/api/v1/enrol/", StringComparison.Ordinal))
                return Response("200 OK", "", $$"""{"credential":"c{{++issued}}","expires":"2099-01-01T00:00:00Z"}""");
            return request.Headers.Contains($"Bearer c{issued}\r", StringComparison.Ordinal) ? Response("200 OK") : Response("401 Unauthorized");
        };
        using var fresh = Client(server.Port);
        for (var i = 0; i < 3; i++) Assert.Equal(UploadResultKind.Accepted, (await Upload(fresh)).Kind);
        Assert.Contains("Bearer enrolment\r", server.Requests[0].Headers, StringComparison.Ordinal);
        Assert.Equal(1, issued);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(CredentialPath));

        using (var again = Client(server.Port)) Assert.Equal(UploadResultKind.Accepted, (await Upload(again)).Kind);
        Assert.Equal(1, issued);
        issued++;
        Assert.Equal(UploadResultKind.Failed, (await Upload(fresh)).Kind);
        Assert.Equal(UploadResultKind.Accepted, (await Upload(fresh)).Kind);
        Assert.Equal(3, issued);
    }

    [Theory]
    [InlineData("400 Bad Request", "", "the server does not enrol this agent: HTTP 400")]
    [InlineData("200 OK", "{}", "the server's answer holds no credential")]
    public async Task Agent_that_cannot_enrol_keeps_what_it_measured(string status, string body, string problem)
    {
        File.Delete(CredentialPath);
        server.Answer = _ => Response(status, "", body);
        using var fresh = Client(server.Port);
        var result = await Upload(fresh);
        Assert.Equal(UploadResultKind.Failed, result.Kind);
        Assert.StartsWith(problem, result.Problem, StringComparison.Ordinal);
    }

    private static Task<UploadResult> Upload(ServerClient by) => by.UploadAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Client_fetches_the_list_with_its_etag_and_asks_with_it_the_next_time()
    {
        var json = PinglistJson.Write(Of(Group(3)));
        server.Answer = request => request.Headers.Contains("If-None-Match: \"v1\"", StringComparison.OrdinalIgnoreCase)
            ? Response("304 Not Modified", "ETag: \"v1\"\r\n")
            : Response("200 OK", "ETag: \"v1\"\r\n", json);
        var first = await Fetch(null);
        Assert.Equal((PinglistFetchKind.Changed, "\"v1\""), (first.Kind, first.ETag));
        Assert.Equal(json, PinglistJson.Write(first.Pinglist!));
        Assert.Equal(PinglistFetchKind.NotModified, (await Fetch(first.ETag)).Kind);
        var request = server.Requests[0];
        Assert.Equal(("GET", "/api/v1/pinglist/host%201%2F2"), (request.Method, request.Path));
        Assert.Contains("Authorization: Bearer secret\r\n", request.Headers, StringComparison.Ordinal);
        Assert.Contains("User-Agent: pingmesh-agent/0.1.0\r\n", request.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_controllers_own_404_means_that_there_is_no_list()
    {
        server.Answer = _ => Response("404 Not Found", Problem, """{"detail":"no such host"}""");
        Assert.Equal(PinglistFetchKind.None, (await Fetch(null)).Kind);
        server.Answer = _ => Response("404 Not Found", "Content-Type: text/html\r\n", "<h1>not here</h1>");
        var stray = await Fetch(null);
        Assert.Equal((PinglistFetchKind.Failed, "HTTP 404"), (stray.Kind, stray.Problem));
    }

    [Theory]
    [InlineData("Date: Sat, 21 Nov 2026 08:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 08:00:30 GMT\r\n", 30)]
    [InlineData("Date: Sat, 21 Nov 2026 08:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 07:00:00 GMT\r\n", null)]
    [InlineData("Retry-After: soon\r\n", null)]
    public async Task Server_may_name_the_time_until_which_to_wait_by_its_own_clock(string headers, int? seconds)
    {
        server.Answer = _ => Response("503 Service Unavailable", headers);
        var result = await client.UploadAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(seconds is { } number ? TimeSpan.FromSeconds(number) : null, result.RetryAfter);
    }

    [Theory]
    [InlineData("""{"detail":"the token is not known"}""", "HTTP 401: the token is not known")]
    [InlineData("""{"title":"Unauthorized"}""", "HTTP 401")]
    [InlineData("""{"detail":7}""", "HTTP 401")]
    [InlineData("[1]", "HTTP 401")]
    [InlineData("no json", "HTTP 401")]
    public async Task Refusal_is_a_failure_that_says_why(string body, string problem)
    {
        server.Answer = _ => Response("401 Unauthorized", Problem, body);
        var answer = await Fetch(null);
        Assert.Equal((PinglistFetchKind.Failed, problem), (answer.Kind, answer.Problem));
        var upload = await client.UploadAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.Equal((UploadResultKind.Failed, $"the server does not enrol this agent: {problem}"), (upload.Kind, upload.Problem));
    }

    public static TheoryData<string, byte[]> Unusable => new()
    {
        { "no json", Response("200 OK", "", "hello") },
        { "null", Response("200 OK", "", "null") },
        { "half a list", Response("200 OK", "", """{"host":"h"}""") },
        { "bad gzip", Response("200 OK", "Content-Encoding: gzip\r\n", "this is not gzip at all") },
        { "cut off", Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{") },
        { "no http", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH\r\n") },
        { "redirect", Response("302 Found", "Location: http://127.0.0.1:1/\r\n") },
        { "too large", Response("200 OK", "", new byte[(4 << 20) + 1]) },
        { "bad etag", Response("200 OK", "ETag: unquoted\r\n", "{") },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Unusable_answer_is_a_failure_and_no_exception(string what, byte[] answer)
    {
        server.Answer = _ => answer;
        var fetch = await Fetch(null);
        Assert.True(fetch.Kind == PinglistFetchKind.Failed && fetch.Problem is { Length: > 5 }, what);
    }

    [Fact]
    public async Task Unreachable_server_is_a_failure_that_names_it()
    {
        using var gone = Client(1);
        var fetch = await gone.FetchPinglistAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(PinglistFetchKind.Failed, fetch.Kind);
        Assert.Contains("127.0.0.1:1", fetch.Problem!, StringComparison.Ordinal);
        Assert.Equal(UploadResultKind.Failed, (await gone.UploadAsync(new byte[] { 1 }, TestContext.Current.CancellationToken)).Kind);
    }

    [Fact]
    public async Task Server_that_does_not_answer_in_time_is_a_failure_and_a_cancelled_request_is_cancelled()
    {
        server.Answer = _ => null;
        using var impatient = Client(server.Port, TimeSpan.FromMilliseconds(200));
        var fetch = await impatient.FetchPinglistAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((PinglistFetchKind.Failed, "no answer within 0.2 s"), (fetch.Kind, fetch.Problem));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.UploadAsync(new byte[] { 1 }, cancel.Token));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, UploadResultKind.Accepted)]
    [InlineData(HttpStatusCode.Accepted, UploadResultKind.Accepted)]
    [InlineData(HttpStatusCode.BadRequest, UploadResultKind.Refused)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, UploadResultKind.Refused)]
    [InlineData(HttpStatusCode.UnprocessableEntity, UploadResultKind.Refused)]
    [InlineData(HttpStatusCode.NotFound, UploadResultKind.Failed)]
    [InlineData(HttpStatusCode.TooManyRequests, UploadResultKind.Failed)]
    [InlineData(HttpStatusCode.ServiceUnavailable, UploadResultKind.Failed)]
    public async Task Upload_tells_what_is_refused_for_good_from_what_to_send_again(HttpStatusCode status, UploadResultKind kind)
    {
        server.Answer = _ => Response($"{(int)status} X", "Retry-After: 7\r\n");
        var result = await client.UploadAsync(new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(kind, result.Kind);
        if (kind == UploadResultKind.Failed) Assert.Equal(TimeSpan.FromSeconds(7), result.RetryAfter);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/api/v1/measurements"), (request.Method, request.Path));
        Assert.Equal([1, 2, 3], request.Body);
        Assert.Contains("Content-Encoding: gzip\r\n", request.Headers, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/x-protobuf\r\n", request.Headers, StringComparison.Ordinal);
    }

    private ServerClient Client(int port, TimeSpan? timeout = null) => new(
        new AgentSettings
        {
            Host = "host 1/2", Server = new Uri($"http://127.0.0.1:{port}"), SpoolFolder = folder.Path, Token = "enrolment", Version = "0.1.0",
            Labels = new Dictionary<string, string> { ["dc"] = "a,b" }, Addresses = [IPAddress.Parse("10.0.0.7")],
        },
        timeout ?? TimeSpan.FromSeconds(10));

    private Task<PinglistFetch> Fetch(string? etag) => client.FetchPinglistAsync(etag, TestContext.Current.CancellationToken);
}
