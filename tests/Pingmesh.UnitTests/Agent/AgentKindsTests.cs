using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;
using Pingmesh.Probing.Icmp;
using Pingmesh.Probing.Responders;
using static Pingmesh.UnitTests.Agent.ScriptedServer;

namespace Pingmesh.UnitTests.Agent;

/// <summary>A whole agent that probes by every kind a responder answers, names among the targets, and what it uploads.</summary>
public sealed class AgentKindsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly ScriptedServer server = new();

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Agent_probes_by_every_kind_and_over_its_budget_by_none()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.78.1.1"), 0));
        var port = responder.Endpoint.Port;
        List<PinglistGroup> groups =
        [
            Group("tcp", port), Group("tcp-payload", port) with { PayloadBytes = 30_000 }, Group("udp", port) with { PayloadBytes = 1_000 },
            Group("http", port), Group("http", port) with { Peers = [new Peer("by-name", "localhost")], Class = "external" }, Group("tls", port),
        ];
        if (IcmpProber.WhyUnavailable(ipv6: false) is null) groups.Add(Group("icmp", 0));
        server.Answer = request => request.Method == "POST"
            ? Response("202 Accepted")
            : Response("200 OK", "", PinglistJson.Write(new Pinglist("h", ["127.78.0.1"], 0, groups)));
        var limits = AgentLimits.Default with { CpuBudget = 100, MemoryBudget = long.MaxValue };
        var log = Path.Combine(folder.Path, "raw.csv");
        var settings = new AgentSettings
        {
            Host = "h",
            Server = new Uri($"http://127.0.0.1:{server.Port}"),
            SpoolFolder = folder.Path,
            Addresses = [IPAddress.Parse("127.78.0.1")],
            ResponderPort = MetricsEndpointTests.FreePort(),
            QosResponderPort = MetricsEndpointTests.FreePort(),
            MetricsPort = 0,
            Limits = () => limits,
            RawLog = new Pingmesh.Agent.Observe.RawResultLogSettings(log, Pingmesh.Agent.Observe.RawResultFormat.Csv, 1 << 20),
            SyncInterval = TimeSpan.FromSeconds(1),
            UploadInterval = TimeSpan.FromSeconds(0.5),
        };
        using var agent = new Pingmesh.Agent.Agent(settings, NullLoggerFactory.Instance, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = agent.RunAsync(stop.Token);
        await Until(() => Kinds().Count >= groups.Count - 1);

        foreach (var (kind, rows) in Kinds())
        {
            // A responder speaks no TLS; everything else it answers. Nothing of ours listens at that port of localhost.
            var good = rows.Where(row => row.Key != AddressKey.Of(IPAddress.Loopback)).ToList();
            if (kind == ProbeKind.Tls) Assert.All(good, row => Assert.Equal(1, row.Value.FailuresOf(ProbeError.TlsFailed) + row.Value.FailuresOf(ProbeError.AnswerTimeout)));
            else Assert.All(good, row => Assert.True(row.Value.Rtts.Count == 1, $"{kind}: {row.Value.Failures} failures"));
        }

        Assert.Contains(File.ReadLines(log), line => line.Contains(",udp,udp,1000,", StringComparison.Ordinal));

        // Limits are taken up while it runs: with a budget that nothing keeps, it suspends itself.
        limits = limits with { MemoryBudget = 1 };
        var answering = new IPEndPoint(IPAddress.Parse("127.78.0.1"), settings.ResponderPort);
        await Until(() => Batches().SelectMany(batch => batch.Windows).Any(window => ((HostNoise)window.HostNoise).HasFlag(HostNoise.OverBudget)));
        using (var client = new System.Net.Sockets.TcpClient()) await client.ConnectAsync(answering, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static PinglistGroup Group(string kind, int port) =>
        new(kind, "intra-dc", 0, port, 10_000, 3_000, 1_000_000, [new Peer("p", "127.78.1.1")]);

    private static async Task Until(Func<bool> condition)
    {
        for (var deadline = DateTime.UtcNow + Patience; !condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            Assert.True(DateTime.UtcNow < deadline, "it did not come about in time");
    }

    private List<MeasurementBatch> Batches() => [.. server.Requests.Where(request => request.Method == "POST").Select(request => request.Batch())];

    /// <summary>The first window's rows of each kind, with the kind.</summary>
    private Dictionary<ProbeKind, List<KeyValuePair<UInt128, Measurement>>> Kinds() => Batches()
        .SelectMany(batch => batch.Windows).SelectMany(window => window.Series)
        .GroupBy(series => (ProbeKind)series.Kind)
        .ToDictionary(kind => kind.Key, kind => kind.SelectMany(series => ColumnsCodec.Decode(series.Columns)).ToList());
}
