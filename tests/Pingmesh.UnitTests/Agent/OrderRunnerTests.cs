using System.Net;
using System.Net.Sockets;
using Pingmesh.Agent.OnDemand;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Responders;

namespace Pingmesh.UnitTests.Agent;

/// <summary>Orders done on loopback, against a responder of the test.</summary>
public sealed class OrderRunnerTests : IDisposable
{
    private static readonly IPAddress Own = IPAddress.Parse("127.79.1.1");

    private readonly VirtualTime time = new();
    private readonly Responder peer = new(new IPEndPoint(IPAddress.Parse("127.79.1.2"), 0));
    private string? whyNot;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => peer.Dispose();

    [Theory]
    [InlineData(ProbeKind.Tcp)]
    [InlineData(ProbeKind.TcpPayload)]
    [InlineData(ProbeKind.Udp)]
    public void Ping_probes_again_and_again_on_the_five_tuples_that_were_ordered(ProbeKind kind)
    {
        var (one, other) = (FreePort(), FreePort());
        var report = Runner().Run(Order(3, one, other, 0) with { Protocol = kind, PayloadBytes = kind == ProbeKind.Tcp ? 0 : 64 }, Cancellation);
        Assert.Null(report.Problem);
        Assert.Equal([one, one, one, other, other, other], report.Probes.Take(6).Select(probe => probe.SourcePort));
        Assert.Equal(9, report.Probes.Count);
        Assert.All(report.Probes, probe => Assert.Equal((ProbeError.None, 0), (probe.Error, probe.Retransmissions)));
        Assert.All(report.Probes, probe => Assert.True(probe is { RttNanoseconds: > 0, SourcePort: > 0 }));
    }

    [Fact]
    public void Probe_that_fails_is_told_and_is_no_problem_of_the_order()
    {
        var report = Runner().Run(Order(2, 0) with { Port = FreePort() }, Cancellation);
        Assert.Null(report.Problem);
        Assert.All(report.Probes, probe => Assert.Equal(ProbeError.Refused, probe.Error));
    }

    [Fact]
    public void Source_port_that_something_else_has_is_a_problem()
    {
        using var holder = new TcpListener(Own, 0);
        holder.Start();
        var report = Runner().Run(Order(1, ((IPEndPoint)holder.LocalEndpoint).Port), Cancellation);
        Assert.Contains("something else has it", report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_is_refused_while_the_agent_may_not_probe_or_stops_or_when_it_makes_no_sense()
    {
        whyNot = "the agent has suspended probing: too much memory";
        Assert.Equal((whyNot, 0), Refusal(Order(1, 0)));
        whyNot = null;
        Assert.Contains("no single host", Refusal(Order(1, 0) with { Target = IPAddress.Broadcast }).Problem, StringComparison.Ordinal);
        Assert.Contains("count 1000", Refusal(Order(1_000, 0)).Problem, StringComparison.Ordinal);
        Assert.Equal(("the agent is stopping", 0), Refusal(Order(1, 0), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Packets_of_a_minute_are_limited_and_counted_by_what_was_sent()
    {
        // A refused probe costs a packet; the trace that may cost more than is left is not begun.
        var runner = Runner();
        var most = Order(1, 0) with { Port = FreePort(), PayloadBytes = 0, SourcePorts = new int[20] };
        var trace = most with { Test = TestKind.Trace, SourcePorts = new int[60], Count = 2 };
        Assert.InRange(OnDemandLimits.PacketsOf(trace), OnDemandLimits.PacketsPerMinute - 100, OnDemandLimits.PacketsPerMinute);
        for (var i = 0; i < 5; i++) Assert.Equal(20, runner.Run(most, Cancellation).Probes.Count);
        Assert.Contains("1900 are left", runner.Run(trace, Cancellation).Problem, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("are left", runner.Run(trace with { Timeout = TimeSpan.FromMilliseconds(1) }, new CancellationTokenSource(TimeSpan.FromMilliseconds(100)).Token).Problem ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Ping_keeps_its_rate_and_ends_early_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var begun = System.Diagnostics.Stopwatch.StartNew();
        var report = Runner().Run(Order(20, new int[20]), stop.Token);
        Assert.Equal("the agent is stopping", report.Problem);
        Assert.InRange(report.Probes.Count, 1, (int)(begun.Elapsed.TotalSeconds * OnDemandLimits.PingPacketsPerSecond) + 1);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private (string? Problem, int Probes) Refusal(TestOrder order, CancellationToken? cancel = null)
    {
        var report = Runner().Run(order, cancel ?? Cancellation);
        return (report.Problem, report.Probes.Count);
    }

    private OrderRunner Runner() => new(null, () => [IPAddress.IPv6Loopback, Own], () => whyNot, time);

    private TestOrder Order(int count, params int[] ports) => new()
    {
        Id = "o", Host = "h", Test = TestKind.Ping, Target = peer.Endpoint.Address, Port = peer.Endpoint.Port, SourcePorts = ports, Count = count, By = "somebody",
    };
}
