using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Trace;

namespace Pingmesh.SystemTests.Probing;

/// <summary>The path tracer in a fabric where three spines share the flows.</summary>
public sealed class TraceNetworkTests : IDisposable
{
    private const int Port = 58100;
    private static readonly int[] Sixteen = [.. Enumerable.Range(41_000, 16)];

    private readonly FabricNamespaces fabric = new();

    public void Dispose() => fabric.Dispose();

    [Theory]
    [InlineData(ProbeKind.Tcp, "10.77.9.2")]
    [InlineData(ProbeKind.Tcp, "fd77:9::2")]
    [InlineData(ProbeKind.Udp, "10.77.9.2")]
    [InlineData(ProbeKind.Udp, "fd77:9::2")]
    public void Trace_follows_the_flows_and_names_the_spine_that_each_one_crosses(ProbeKind protocol, string target)
    {
        using var responder = Respond(target);
        WarmUp(Request(target, protocol));
        var name = protocol.Name();

        // Each spine counts the packets of the flows themselves, by source port: a connect or a datagram, no trace.
        for (var spine = 1; spine <= 3; spine++)
        {
            NetworkNamespaces.Nft(fabric.Spine(spine), $$"""
                table inet t {
                  chain forward {
                    type filter hook forward priority 0;
                    {{string.Join("\n    ", Sixteen.Select(port => $"{name} dport {Port} {name} sport {port} counter"))}}
                  }
                }

                """);
        }

        foreach (var port in Sixteen) SendOnFlow(protocol, target, port);
        var crossed = Enumerable.Range(1, 3).Select(spine => NetworkNamespaces.Counters(fabric.Spine(spine))).ToList();

        var trace = Trace(Request(target, protocol));
        Assert.Equal(Sixteen, trace.Flows.Select(flow => flow.SourcePort));
        var ipv6 = target.Contains(':');
        var used = new HashSet<int>();
        for (var i = 0; i < Sixteen.Length; i++)
        {
            var flow = trace.Flows[i];
            Assert.True(flow.Reached);
            Assert.Equal(4, flow.Hops.Count);
            Assert.All(flow.Hops, hop => Assert.Equal((3, 3), (hop.Sent, hop.Answered)));
            Assert.All(flow.Hops.SelectMany(hop => hop.Answers).SelectMany(answer => answer.Rtts), rtt => Assert.InRange(rtt, 1_000, 900_000_000));
            var spine = Assert.Single(Enumerable.Range(1, 3), spine => crossed[spine - 1][i] > 0);
            used.Add(spine);
            Assert.Equal(
                (string[])(ipv6
                    ? ["fd77::1", $"fd77:1{spine}::2", $"fd77:2{spine}::1", target]
                    : ["10.77.0.1", $"10.77.1{spine}.2", $"10.77.2{spine}.1", target]),
                flow.Hops.Select(hop => Assert.Single(hop.Answers).Address.ToString()));
        }

        Assert.Equal(3, used.Count);
        var tree = Assert.Single(PathNode.Of(trace));
        Assert.Equal((16, 48, 0d, 3), (tree.Flows.Count, tree.Sent, tree.Loss, tree.Next.Count));
        Assert.All(tree.Next, spine => Assert.True(Assert.Single(Assert.Single(spine.Next).Next).IsTarget));
    }

    [Fact]
    public void Flows_that_a_spine_swallows_end_before_it_and_the_others_arrive()
    {
        using var responder = Respond("10.77.9.2");
        NetworkNamespaces.Nft(fabric.Spine(2), """
            table inet t {
              chain forward {
                type filter hook forward priority 0;
                tcp dport 58100 counter drop
              }
            }

            """);
        var trace = Trace(Request("10.77.9.2") with { MaxHops = 6, Timeout = TimeSpan.FromSeconds(0.5) });
        foreach (var flow in trace.Flows)
        {
            var bad = flow.Hops[1].Answers[0].Address.ToString() == "10.77.12.2";
            Assert.Equal(!bad, flow.Reached);
            if (bad) Assert.All(flow.Hops.Skip(2), hop => Assert.Empty(hop.Answers));
        }

        // The silent rest of a path is one node.
        var spine = Assert.Single(PathNode.Of(trace)[0].Next, node => node.Addresses[0].ToString() == "10.77.12.2");
        var rest = Assert.Single(spine.Next);
        Assert.Equal((3, 6, 0, 1d), (rest.Ttl, rest.LastTtl, rest.Addresses.Count, rest.Loss));
    }

    [Fact]
    public void Routers_that_refuse_end_the_path_with_their_reason_and_targets_that_refuse_are_reached()
    {
        NetworkNamespaces.Nft(fabric.Right, """
            table inet t {
              chain forward {
                type filter hook forward priority 0;
                tcp dport 81 reject with icmpx type admin-prohibited
              }
            }

            """);
        var one = Request("10.77.9.2") with { SourcePorts = [41_000] };
        var prohibited = Assert.Single(Trace(one with { Port = 81 }).Flows);
        Assert.False(prohibited.Reached);
        Assert.Equal(ProbeError.Prohibited, Assert.Single(prohibited.Hops[^1].Answers, answer => answer.Error != ProbeError.TtlExceeded).Error);
        var refused = Assert.Single(Trace(one with { Port = 82 }).Flows);
        Assert.True(refused.Reached);
        Assert.Equal(ProbeError.Refused, Assert.Single(refused.Hops[^1].Answers).Error);
    }

    [Fact]
    public void Packets_carry_their_dscp_keep_to_the_rate_and_leave_no_connection_behind()
    {
        using var responder = Respond("10.77.9.2");
        NetworkNamespaces.Nft(fabric.Left, """
            table inet t {
              chain in {
                type filter hook prerouting priority 0;
                tcp dport 58100 tcp flags & (syn|ack) == syn ip dscp 46 counter
                tcp dport 58100 tcp flags & (syn|ack) == syn ip dscp != 46 counter
              }
            }

            """);
        var clock = Stopwatch.StartNew();
        var trace = Trace(Request("10.77.9.2") with { Dscp = 46, Rate = 100, Tries = 1 });
        var sent = trace.Flows.Sum(flow => flow.Hops.Sum(hop => hop.Sent));
        Assert.True(clock.Elapsed.TotalSeconds > (sent - 2) / 100.0, $"{sent} packets in {clock.Elapsed}");
        var counted = NetworkNamespaces.Counters(fabric.Left);
        Assert.True(counted[0] >= sent);
        Assert.Equal(0, counted[1]);
        Assert.DoesNotContain("58100", NetworkNamespaces.Run("ip", "netns", "exec", fabric.A, "cat", "/proc/net/tcp"));
        Assert.DoesNotContain(":A0", NetworkNamespaces.Run("ip", "netns", "exec", fabric.A, "cat", "/proc/net/tcp"));
    }

    [Fact]
    public void Source_port_in_use_and_host_without_a_route_are_told()
    {
        var busy = NetworkNamespaces.Inside(fabric.A, () =>
        {
            using var holder = new TcpListener(IPAddress.Parse("10.77.0.2"), 41_003);
            holder.Start();
            return Assert.Throws<TraceException>(() => PathTracer.Trace(Request("10.77.9.2")));
        });
        Assert.Contains("source port 41003 of 10.77.0.2 is in use", busy.Message);
        NetworkNamespaces.Run("ip", "-n", fabric.A, "route", "del", "default");
        var lost = Assert.Throws<TraceException>(() => Trace(Request("10.77.9.2")));
        Assert.Contains("10.77.9.2 cannot be reached", lost.Message);
    }

    [Fact]
    public void Way_of_the_answers_is_traced_from_the_port_that_the_responder_listens_at()
    {
        using var responder = Respond("10.77.9.2");
        var request = new TraceRequest { Target = IPAddress.Parse("10.77.0.2"), Port = 41_000, SourcePorts = [Port], MaxHops = 6, FromListeners = true };
        NetworkNamespaces.Inside(fabric.B, () => PathTracer.Trace(request));
        var back = Assert.Single(NetworkNamespaces.Inside(fabric.B, () => PathTracer.Trace(request)).Flows);
        Assert.Equal((Port, true, 4), (back.SourcePort, back.Reached, back.Hops.Count));
        Assert.Equal(ProbeError.Refused, Assert.Single(back.Hops[^1].Answers).Error);

        // The responder has taken no part in it, and answers as before.
        SendOnFlow(ProbeKind.Tcp, "10.77.9.2", 41_001);
        Assert.Contains(
            "is in use", NetworkNamespaces.Inside(fabric.B, () => Assert.Throws<TraceException>(() => PathTracer.Trace(request with { FromListeners = false }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelled_trace_gives_what_it_knows()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
        var trace = NetworkNamespaces.Inside(fabric.A, () => PathTracer.Trace(Request("10.77.9.99") with { MaxHops = 30, Timeout = TimeSpan.FromSeconds(9) }, cancel.Token));
        Assert.All(trace.Flows, flow => Assert.False(flow.Reached));
        Assert.Contains(trace.Flows, flow => flow.Hops.Count > 0);
    }

    private static TraceRequest Request(string target, ProbeKind protocol = ProbeKind.Tcp) =>
        new() { Target = IPAddress.Parse(target), Port = Port, Protocol = protocol, SourcePorts = Sixteen };

    private TraceResult Trace(TraceRequest request)
    {
        WarmUp(request);
        return NetworkNamespaces.Inside(fabric.A, () => PathTracer.Trace(request));
    }

    // Neighbours are found by the first packets, of which a link that has just come up may lose or delay some.
    private void WarmUp(TraceRequest request) => NetworkNamespaces.Inside(fabric.A, () =>
    {
        for (var i = 0; i < 2; i++) _ = PathTracer.Trace(request with { Tries = 2, Timeout = TimeSpan.FromSeconds(1.5), MaxHops = 5, Rate = 1_000 });
        return 0;
    });

    private Responder Respond(string address) =>
        NetworkNamespaces.Inside(fabric.B, () => new Responder(new IPEndPoint(IPAddress.Parse(address), Port)));

    private void SendOnFlow(ProbeKind protocol, string target, int sourcePort) => NetworkNamespaces.Inside(fabric.A, () =>
    {
        var address = IPAddress.Parse(target);
        var own = address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        using var socket = protocol == ProbeKind.Tcp
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) }
            : new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(own, sourcePort));
        socket.Connect(address, Port);
        if (protocol == ProbeKind.Udp) socket.Send([1, 2, 3]);
        return 0;
    });
}
