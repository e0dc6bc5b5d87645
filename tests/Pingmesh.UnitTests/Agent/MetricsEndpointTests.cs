using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent.Observe;
using Pingmesh.Core.Exposition;

namespace Pingmesh.UnitTests.Agent;

public sealed class MetricsEndpointTests : IDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("127.77.1.1");

    private readonly int port = FreePort();
    private readonly MetricsEndpoint endpoint;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private string? unhealthy;
    private string? unready;
    private Func<string> metrics = () => "m 1\n";

    public MetricsEndpointTests()
    {
        endpoint = New();
        endpoint.Start();
    }

    public void Dispose()
    {
        endpoint.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task Metrics_come_with_the_formats_content_type()
    {
        using var response = await Get("/metrics");
        Assert.Equal((HttpStatusCode.OK, PrometheusText.ContentType), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal("m 1\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Health_and_readiness_say_ok_or_what_is_wrong()
    {
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Read("/healthz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Read("/readyz"));
        unready = "no pinglist";
        Assert.Equal(HttpStatusCode.OK, (await Read("/healthz")).Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no pinglist\n"), await Read("/readyz"));
        unhealthy = "stuck";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stuck\n"), await Read("/healthz"));
    }

    [Fact]
    public async Task Unknown_path_is_404_other_methods_405_and_head_has_no_body()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await Read("/")).Status);
        using var post = await http.PostAsync(Url("/metrics"), new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow.Order());
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url("/metrics")), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, 4L), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(HttpStatusCode.OK, (await Read("/metrics")).Status);
    }

    [Fact]
    public async Task Metrics_that_fail_are_an_error_500_and_do_not_end_the_endpoint()
    {
        metrics = () => throw new ArgumentException("what nobody expected");
        Assert.Equal(HttpStatusCode.InternalServerError, (await Read("/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Read("/healthz")).Status);
    }

    [Fact]
    public async Task Client_that_says_nothing_or_hangs_up_does_not_keep_others_waiting()
    {
        using var silent = new TcpClient(Address.ToString(), port);
        using (var rude = new TcpClient(Address.ToString(), port)) rude.Client.LingerState = new LingerOption(true, 0);
        Assert.Equal(HttpStatusCode.OK, (await Read("/healthz")).Status);
    }

    [Fact]
    public async Task Port_that_is_taken_is_named_with_a_remedy_and_is_free_again_after_dispose()
    {
        using (var second = New())
        {
            var error = Assert.Throws<IOException>(second.Start);
            Assert.Contains($"127.77.1.1:{port}", error.Message, StringComparison.Ordinal);
            Assert.Contains("--metrics-port", error.Message, StringComparison.Ordinal);
        }

        endpoint.Dispose();
        using var third = New();
        third.Start();
        Assert.Equal(HttpStatusCode.OK, (await Read("/healthz")).Status);
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private MetricsEndpoint New() => new([Address], port, () => metrics(), () => unhealthy, () => unready, NullLogger.Instance);

    private string Url(string path) => $"http://{Address}:{port}{path}";

    private Task<HttpResponseMessage> Get(string path) => http.GetAsync(Url(path), TestContext.Current.CancellationToken);

    private async Task<(HttpStatusCode Status, string Body)> Read(string path)
    {
        using var response = await Get(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
