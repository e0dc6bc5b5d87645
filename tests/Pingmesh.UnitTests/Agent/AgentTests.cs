using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Wire;
using Pingmesh.Probing.Responders;
using static Pingmesh.UnitTests.Agent.ScriptedServer;

namespace Pingmesh.UnitTests.Agent;

/// <summary>A whole agent on loopback, against a scripted server and peers of the test.</summary>
public sealed class AgentTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly ScriptedServer server = new();
    private readonly int port = MetricsEndpointTests.FreePort();
    private readonly int metricsPort = MetricsEndpointTests.FreePort();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource stop = new();
    private volatile bool up = true;
    private volatile Pinglist pinglist;

    public AgentTests()
    {
        pinglist = List("127.77.2.1", 1, 2);
        server.Answer = request => (up, request.Method) switch
        {
            (false, _) => Response("503 Service Unavailable"),
            (true, "POST") => Response("202 Accepted"),
            _ => Response("200 OK", "", PinglistJson.Write(pinglist)),
        };
    }

    public void Dispose()
    {
        stop.Dispose();
        http.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Agent_probes_answers_and_uploads_fails_closed_without_its_controller_and_recovers()
    {
        using var first = new TcpResponder(new IPEndPoint(Peer(1), port));
        using var second = new TcpResponder(new IPEndPoint(Peer(2), port));
        using var agent = new Pingmesh.Agent.Agent(Settings("127.77.2.1"), NullLoggerFactory.Instance, TimeProvider.System);
        var running = agent.RunAsync(stop.Token);

        // Hundreds of peers more, all of them one listener that counts, make steady probing: every second shows some.
        using var counting = new CountingPeer();
        pinglist = List("127.77.2.1", [1, 2], 600, counting.Port);
        await Until(() => Batches().Any(batch => Peers(batch).Contains(AddressKey.Of(Peer(1)))) && Batches().Any(batch => Peers(batch).Contains(AddressKey.Of(Peer(2)))));
        var measured = Batches().SelectMany(batch => batch.Windows).SelectMany(window => window.Series)
            .SelectMany(series => ColumnsCodec.Decode(series.Columns)).Where(row => row.Key == AddressKey.Of(Peer(1))).ToList();
        Assert.All(measured, row => Assert.Equal((1L, 0L, 1L), (row.Value.Probes, row.Value.Failures, row.Value.Rtts.Count)));
        Assert.All(Batches(), batch => Assert.Equal(Peer("127.77.2.1").GetAddressBytes(), batch.SourceIpv4.ToByteArray()));
        Assert.True(await Answers("127.77.2.1"));
        Assert.Equal(HttpStatusCode.OK, (await Read("/readyz")).Status);
        var samples = PrometheusSample.Parse((await Read("/metrics")).Body);
        Assert.Equal(602, samples.Single(sample => sample.Name == "pingmesh_agent_peers").Value);
        Assert.Contains(samples, sample => sample.Name == "pingmesh_agent_info" && sample.Labels["host"] == "h");

        up = false;
        await Until(() => agent.Peers == 0);
        Assert.True(counting.Connects > 0);
        await ContactsMore(1);
        var (probes, connects) = (Total(agent), counting.Connects);
        await ContactsMore(3);
        Assert.Equal((probes, connects), (Total(agent), counting.Connects));
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "*.batch"));
        Assert.True(await Answers("127.77.2.1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Read("/readyz")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Read("/healthz")).Status);

        up = true;
        await Until(() => Total(agent) > probes && counting.Connects > connects && Directory.GetFiles(folder.Path, "*.batch").Length == 0);

        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.batch"));

        // Nothing measured was lost, and nothing came twice but under its own number.
        var all = Batches().DistinctBy(batch => batch.Sequence).ToList();
        Assert.Equal(all.Count, (int)all.Max(batch => batch.Sequence));
        Assert.Equal(Total(agent), all.Sum(Probes));
    }

    [Fact]
    public async Task Agent_that_answers_at_its_pinglists_addresses_moves_with_them()
    {
        using var agent = new Pingmesh.Agent.Agent(
            Settings() with { AnswerAtPinglistAddresses = true }, NullLoggerFactory.Instance, TimeProvider.System);
        pinglist = List("127.77.2.3", 1);
        var running = agent.RunAsync(stop.Token);
        await Until(() => Answers("127.77.2.3"));
        pinglist = List("127.77.2.4", 1);
        await Until(async () => await Answers("127.77.2.4") && !await Answers("127.77.2.3"));
        await Until(async () => (await Read("/readyz", "127.77.2.4")).Status == HttpStatusCode.OK);

        // An address that is none of this machine is refused like any other pinglist that cannot be followed.
        pinglist = List("192.0.2.1", 1);
        await Until(async () => (await Read("/metrics", "127.77.2.4")).Body.Contains("controller_failures 2", StringComparison.Ordinal));
        Assert.True(await Answers("127.77.2.4"));
        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Agent_that_cannot_listen_ends_with_the_reason()
    {
        using var taken = new TcpResponder(new IPEndPoint(Peer("127.77.2.5"), port));
        using var agent = new Pingmesh.Agent.Agent(Settings("127.77.2.5"), NullLoggerFactory.Instance, TimeProvider.System);
        var error = await Assert.ThrowsAsync<IOException>(() => agent.RunAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"127.77.2.5:{port}", error.Message, StringComparison.Ordinal);
    }

    private static IPAddress Peer(int i) => Peer($"127.77.3.{i}");

    private static IPAddress Peer(string address) => IPAddress.Parse(address);

    private static long Total(Pingmesh.Agent.Agent agent) => agent.Counters.Probes(Pingmesh.Core.Probes.ProbeClass.IntraPod);

    private static IEnumerable<UInt128> Peers(MeasurementBatch batch) => Rows(batch).Select(row => row.Key);

    private static long Probes(MeasurementBatch batch) => Rows(batch).Sum(row => row.Value.Probes);

    private static IEnumerable<KeyValuePair<UInt128, Measurement>> Rows(MeasurementBatch batch) =>
        batch.Windows.SelectMany(window => window.Series).SelectMany(series => ColumnsCodec.Decode(series.Columns));

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var deadline = DateTime.UtcNow + Patience; !await condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(DateTime.UtcNow < deadline, "it did not come about in time");
    }

    private List<MeasurementBatch> Batches() =>
        [.. server.Requests.Where(request => request.Method == "POST").Select(request => request.Batch())];

    private async Task ContactsMore(int count)
    {
        var wanted = Asked() + count;
        await Until(() => Asked() >= wanted);

        int Asked() => server.Requests.Count(request => request.Method == "GET");
    }

    private Pinglist List(string address, params int[] peers) => List(address, peers, 0, 1);

    private Pinglist List(string address, int[] peers, int counted, int countingPort) => new(
        "h", [address], 0,
        [
            Group(port, peers.Select(i => new Peer($"p{i}", Peer(i).ToString()))),
            Group(countingPort, Enumerable.Range(0, counted).Select(i => new Peer($"c{i}", $"127.77.{10 + (i / 200)}.{1 + (i % 200)}"))),
        ]);

    private static PinglistGroup Group(int port, IEnumerable<Peer> peers) =>
        new("tcp", "intra-pod", 0, port, 10_000, 1_000, 1_000_000, [.. peers]);

    private AgentSettings Settings(params string[] addresses) => new()
    {
        Host = "h",
        Server = new Uri($"http://127.0.0.1:{server.Port}"),
        SpoolFolder = folder.Path,
        Addresses = [.. addresses.Select(Peer)],
        ResponderPort = port,
        QosResponderPort = 0,

        // The process of the tests is larger than any agent.
        Limits = () => AgentLimits.Default with { CpuBudget = 100, MemoryBudget = long.MaxValue },
        MetricsPort = metricsPort,
        SyncInterval = TimeSpan.FromSeconds(0.5),
        UploadInterval = TimeSpan.FromSeconds(0.5),
    };

    private async Task<bool> Answers(string address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Peer(address), port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> Read(string path, string address = "127.77.2.1")
    {
        try
        {
            using var response = await http.GetAsync($"http://{address}:{metricsPort}{path}", TestContext.Current.CancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }
}
