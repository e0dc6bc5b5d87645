using System.Diagnostics;
using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;

namespace Pingmesh.SystemTests.Probing;

/// <summary>The probers of udp, icmp and tcp-payload over a real link between two namespaces.</summary>
public sealed class KindsNetworkTests : IDisposable
{
    private const int Port = 58100;

    private readonly NetworkNamespaces network = new();

    public static TheoryData<ProbeKind, string, string> Datagrams => new()
    {
        { ProbeKind.Udp, "10.88.0.2", "udp dport 58100" },
        { ProbeKind.Udp, "fd88::2", "udp dport 58100" },
        { ProbeKind.Icmp, "10.88.0.2", "icmp type echo-request" },
        { ProbeKind.Icmp, "fd88::2", "icmpv6 type echo-request" },
    };

    public void Dispose() => network.Dispose();

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Counted_losses_equal_dropped_packets(ProbeKind kind, string server, string match)
    {
        using var responder = Respond(server);
        WarmUp(kind, server);
        NetworkNamespaces.Nft(network.Server, $$"""
            table inet t {
              chain in {
                type filter hook input priority 0;
                {{match}} numgen inc mod 4 0 counter drop
              }
            }

            """);
        var probes = Probe(kind, server, 400);
        var dropped = Assert.Single(NetworkNamespaces.Counters(network.Server));
        Assert.Equal(100, dropped);
        Assert.Equal(dropped, probes.Count(probe => probe.Outcome.Error == ProbeError.Timeout));
        Assert.All(probes.Where(probe => probe.Outcome.Succeeded), probe => Assert.InRange(probe.Outcome.RttNanoseconds, 1_000, 500_000_000));
        Assert.Equal(400 - dropped, probes.Count(probe => probe.Outcome.Succeeded));
    }

    [Theory]
    [InlineData(ProbeKind.Udp, "10.88.0.2", "udp dport 58100 ip dscp 46")]
    [InlineData(ProbeKind.Udp, "fd88::2", "udp dport 58100 ip6 dscp 46")]
    [InlineData(ProbeKind.Icmp, "10.88.0.2", "icmp type echo-request ip dscp 46")]
    [InlineData(ProbeKind.Icmp, "fd88::2", "icmpv6 type echo-request ip6 dscp 46")]
    [InlineData(ProbeKind.TcpPayload, "10.88.0.2", "tcp flags & (syn|ack) == syn ip dscp 46")]
    public void Probes_carry_their_dscp(ProbeKind kind, string server, string match)
    {
        using var responder = Respond(server);
        WarmUp(kind, server);
        NetworkNamespaces.Nft(network.Server, $$"""
            table inet t {
              chain in {
                type filter hook input priority 0;
                {{match}} counter
              }
            }

            """);
        Assert.All(Probe(kind, server, 3, Shape() with { Dscp = 46 }), probe => Assert.True(probe.Outcome.Succeeded, $"{probe.Outcome.Error}"));
        Assert.Equal([3], NetworkNamespaces.Counters(network.Server));
    }

    [Fact]
    public void Answer_of_a_udp_probe_comes_at_the_dscp_it_was_asked_with_and_of_the_second_port_at_its_own()
    {
        using var responder = NetworkNamespaces.Inside(network.Server, () => new Responder(new IPEndPoint(IPAddress.Parse("10.88.0.2"), Port), dscp: 8));
        WarmUp(ProbeKind.Udp, "10.88.0.2");
        NetworkNamespaces.Nft(network.Client, """
            table inet t {
              chain in {
                type filter hook input priority 0;
                udp sport 58100 ip dscp 46 counter
                tcp flags & (syn|ack) == (syn|ack) ip dscp 8 counter
              }
            }

            """);
        _ = Probe(ProbeKind.Udp, "10.88.0.2", 2, Shape() with { Dscp = 46 });
        _ = Probe(ProbeKind.Tcp, "10.88.0.2", 3);
        Assert.Equal([2, 3], NetworkNamespaces.Counters(network.Client));
    }

    [Theory]
    [InlineData("10.88.0.2")]
    [InlineData("fd88::2")]
    public void Broken_path_mtu_shows_with_large_payloads_and_only_with_them(string server)
    {
        using var responder = Respond(server);

        WarmUp(ProbeKind.Tcp, server);

        // Large packets vanish without a word, as where ICMP is filtered.
        NetworkNamespaces.Nft(network.Server, """
            table inet t {
              chain in {
                type filter hook input priority 0;
                meta length > 1000 drop
              }
            }

            """);
        var small = Assert.Single(Probe(ProbeKind.TcpPayload, server, 1, Shape() with { PayloadBytes = 500 }));
        var large = Assert.Single(Probe(ProbeKind.TcpPayload, server, 1, Shape(1.5) with { PayloadBytes = 20_000 }));
        Assert.Equal((ProbeError.None, 0), (small.Outcome.Error, (int)small.Outcome.Retransmissions));
        Assert.Equal(ProbeError.AnswerTimeout, large.Outcome.Error);
        Assert.True(large.Outcome.Retransmissions > 0);
        Assert.True(large.Detail.ConnectNanoseconds > 0);
    }

    [Fact]
    public void Unreachable_hosts_and_packets_that_run_out_of_hops_are_told_by_the_routers()
    {
        NetworkNamespaces.Run("ip", "-n", network.Client, "route", "add", "10.88.8.0/24", "via", "10.88.0.2");
        NetworkNamespaces.Run("ip", "netns", "exec", network.Server, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0", "net.ipv4.icmp_msgs_per_sec=10000");
        NetworkNamespaces.Run("ip", "-n", network.Server, "route", "add", "unreachable", "10.88.8.1");
        NetworkNamespaces.Run("ip", "-n", network.Server, "route", "add", "10.88.8.2", "dev", "lo");
        foreach (var kind in new[] { ProbeKind.Icmp, ProbeKind.Udp })
        {
            Assert.Equal(ProbeError.HostUnreachable, Told(kind, "10.88.8.1", Shape(1)));
            Assert.Equal(ProbeError.TtlExceeded, Told(kind, "10.88.8.2", Shape(1) with { Ttl = 1 }));
        }
    }

    [Fact]
    public void Source_port_is_the_one_asked_for_and_two_peers_can_be_probed_from_it_at_once()
    {
        using var one = Respond("10.88.0.2");
        NetworkNamespaces.Run("ip", "-n", network.Server, "addr", "add", "10.88.0.3/24", "dev", "v0");
        using var other = Respond("10.88.0.3");
        WarmUp(ProbeKind.Tcp, "10.88.0.2");
        WarmUp(ProbeKind.Tcp, "10.88.0.3");
        var outcomes = NetworkNamespaces.Inside(network.Client, () =>
        {
            using var prober = ReactorKinds.Open(ProbeKind.Tcp, new ProberOptions());
            var sink = new Sink();
            foreach (var server in new[] { "10.88.0.2", "10.88.0.3" })
                prober.Start(0, ProbeTarget.Create(IPAddress.Parse(server), Port), Shape() with { SourcePort = 45_678 });
            sink.WaitFor(prober, 2);
            prober.Start(1, ProbeTarget.Create(IPAddress.Parse("10.88.0.2"), Port), Shape());
            sink.WaitFor(prober, 3);
            return sink.All;
        });
        Assert.All(outcomes, probe => Assert.True(probe.Outcome.Succeeded, $"{probe.Outcome.Error}"));
        Assert.Equal([45_678, 45_678], outcomes.Take(2).Select(probe => (int)probe.Outcome.SourcePort));
        Assert.NotEqual(45_678, outcomes[2].Outcome.SourcePort);
    }

    // A link that has just come up may lose its first packets, and nothing sends a datagram again.
    private void WarmUp(ProbeKind kind, string server) =>
        Assert.Contains(Enumerable.Range(0, 8), _ => Probe(kind, server, 1, Shape(1))[0].Outcome.Succeeded);

    /// <summary>The error that a router told; routers tell only so many a second, so it may take some tries.</summary>
    private ProbeError Told(ProbeKind kind, string address, ProbeShape shape) =>
        Enumerable.Range(0, 8).Select(_ => Probe(kind, address, 1, shape)[0].Outcome.Error).FirstOrDefault(error => error != ProbeError.Timeout);

    private static ProbeShape Shape(double seconds = 2) => new() { TimeoutNanoseconds = (long)(seconds * 1e9) };

    private Responder Respond(string address) =>
        NetworkNamespaces.Inside(network.Server, () => new Responder(new IPEndPoint(IPAddress.Parse(address), Port)));

    private List<(ProbeOutcome Outcome, ProbeDetail Detail)> Probe(ProbeKind kind, string address, int count, ProbeShape? shape = null) =>
        NetworkNamespaces.Inside(network.Client, () =>
        {
            using var prober = ReactorKinds.Open(kind, new ProberOptions());
            var sink = new Sink();
            var peer = ProbeTarget.Create(IPAddress.Parse(address), Port);
            for (var i = 0; i < count; i++)
            {
                prober.Start(i, peer, shape ?? Shape());
                if (i % 20 != 19) continue;
                prober.Flush();
                prober.Poll(sink);
            }

            prober.Flush();
            sink.WaitFor(prober, count);
            return sink.All;
        });

    private sealed class Sink : IOutcomeSink
    {
        public List<(ProbeOutcome Outcome, ProbeDetail Detail)> All { get; } = [];

        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => All.Add((outcome, detail));

        public void WaitFor(IReactorProber prober, int count)
        {
            var clock = Stopwatch.StartNew();
            while (All.Count < count)
            {
                prober.Poll(this);
                Thread.Yield();
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{All.Count} of {count} outcomes after 30 s");
            }
        }
    }
}
