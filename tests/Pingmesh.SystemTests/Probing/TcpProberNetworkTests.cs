using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.SystemTests.Probing;

public sealed class TcpProberNetworkTests : IDisposable
{
    private const int Port = 58100;

    private readonly NetworkNamespaces network = new();

    public static TheoryData<string> Servers => ["10.88.0.2", "fd88::2"];

    public void Dispose() => network.Dispose();

    [Theory]
    [MemberData(nameof(Servers))]
    public void Counted_retransmissions_equal_dropped_packets(string server)
    {
        using var responder = Respond(server);

        // The neighbour must be known: while it is being asked for, a burst of SYNs overflows its queue.
        Assert.True(Assert.Single(Probe(server, 1, timeoutSeconds: 8)).Succeeded);
        NetworkNamespaces.Nft(network.Server, """
            table inet t {
              chain in {
                type filter hook input priority 0;
                tcp flags & (syn|ack) == syn numgen inc mod 3 0 counter drop
              }
            }

            """);
        var outcomes = Probe(server, 300, timeoutSeconds: 8);

        Assert.Equal(300, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded));
        var dropped = Assert.Single(NetworkNamespaces.Counters(network.Server));
        Assert.InRange(dropped, 100, 300);
        Assert.Equal(dropped, outcomes.Sum(outcome => (long)outcome.Retransmissions));
        Assert.All(outcomes, outcome => Assert.Equal(outcome.Retransmissions == 0, outcome.RttNanoseconds > 0));
        Assert.All(outcomes.Where(outcome => outcome.Dropped), outcome => Assert.Equal(LossDirection.Forward, outcome.LossDirection));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void Lost_answer_shows_as_loss_on_the_way_back(string server)
    {
        using var responder = Respond(server);
        NetworkNamespaces.Nft(network.Server, """
            table inet t {
              chain out {
                type filter hook output priority 0;
                tcp flags & (syn|ack) == (syn|ack) numgen inc mod 3 0 counter drop
              }
            }

            """);

        // One after another, so that no probe loses two answers in a row, which would look like a lost SYN.
        var outcomes = Enumerable.Range(0, 6).Select(_ => Assert.Single(Probe(server, 1, timeoutSeconds: 8))).ToList();

        var dropped = outcomes.Where(outcome => outcome.Dropped).ToList();
        Assert.NotEmpty(dropped);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded));
        Assert.All(dropped, outcome => Assert.Equal(LossDirection.Return, outcome.LossDirection));
    }

    [Fact]
    public void Every_way_to_fail_keeps_its_own_code()
    {
        NetworkNamespaces.Run("ip", "-n", network.Client, "route", "add", "unreachable", "10.88.9.1");
        NetworkNamespaces.Run("ip", "-n", network.Client, "route", "add", "prohibit", "10.88.9.2");
        NetworkNamespaces.Run("ip", "-n", network.Client, "route", "add", "10.88.8.0/24", "via", "10.88.0.2");
        NetworkNamespaces.Run("ip", "-n", network.Server, "route", "add", "10.88.8.0/24", "dev", "lo");
        NetworkNamespaces.Nft(network.Server, """
            table inet t {
              chain in {
                type filter hook input priority 0;
                tcp dport 1001 drop
                tcp dport 1002 reject with tcp reset
                tcp dport 1003 reject with icmpx type admin-prohibited
              }
            }

            """);

        Assert.Equal(ProbeError.NetworkUnreachable, ErrorOf("192.0.2.1", Port));
        Assert.Equal(ProbeError.HostUnreachable, ErrorOf("10.88.9.1", Port));
        Assert.Equal(ProbeError.Prohibited, ErrorOf("10.88.9.2", Port));
        Assert.Equal(ProbeError.Refused, ErrorOf("10.88.0.2", 1000));
        Assert.Equal(ProbeError.Timeout, ErrorOf("10.88.0.2", 1001));
        Assert.Equal(ProbeError.Refused, ErrorOf("10.88.0.2", 1002));
        Assert.Equal(ProbeError.HostUnreachable, ErrorOf("10.88.0.2", 1003));

        // Nobody answers ARP for it: the kernel gives up after some seconds.
        Assert.Equal(ProbeError.HostUnreachable, ErrorOf("10.88.0.77", Port));
    }

    [Fact]
    public void Probes_carry_their_dscp()
    {
        using var responder = Respond("10.88.0.2");
        NetworkNamespaces.Nft(network.Server, """
            table inet t {
              chain in {
                type filter hook input priority 0;
                tcp flags & (syn|ack) == syn ip dscp 46 counter
                tcp flags & (syn|ack) == syn ip dscp 0 counter
              }
            }

            """);
        NetworkNamespaces.Inside(network.Client, () =>
        {
            using var prober = new TcpProber(new ProberOptions(), TimeProvider.System);
            return (Collect(prober, "10.88.0.2", Port, 5, 46, 2), Collect(prober, "10.88.0.2", Port, 3, 0, 2));
        });
        Assert.Equal([5, 3], NetworkNamespaces.Counters(network.Server));
    }

    private static List<ProbeOutcome> Collect(TcpProber prober, string address, int port, int count, byte dscp, double timeoutSeconds)
    {
        var outcomes = new List<ProbeOutcome>();
        var sink = new Sink(outcomes);
        var peer = ProbeTarget.Create(IPAddress.Parse(address), port);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var started = 0; outcomes.Count < count;)
        {
            for (var i = 0; i < 20 && started < count; i++) prober.Start(started++, peer, new ProbeShape { Dscp = dscp, TimeoutNanoseconds = (long)(timeoutSeconds * 1e9) });
            Thread.Yield();
            prober.Poll(sink);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{outcomes.Count} of {count} outcomes after 60 s");
        }

        return outcomes;
    }

    private TcpResponder Respond(string address) =>
        NetworkNamespaces.Inside(network.Server, () => new TcpResponder(new IPEndPoint(IPAddress.Parse(address), Port)));

    private ProbeError ErrorOf(string address, int port) => Assert.Single(Probe(address, 1, 5, port)).Error;

    private List<ProbeOutcome> Probe(string address, int count, double timeoutSeconds, int port = Port) =>
        NetworkNamespaces.Inside(network.Client, () =>
        {
            using var prober = new TcpProber(new ProberOptions(), TimeProvider.System);
            return Collect(prober, address, port, count, 0, timeoutSeconds);
        });

    private sealed class Sink(List<ProbeOutcome> to) : IOutcomeSink
    {
        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => to.Add(outcome);
    }
}
