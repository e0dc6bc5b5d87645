using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Udp;

namespace Pingmesh.UnitTests.Probing;

public sealed class UdpProberTests
{
    [Theory]
    [InlineData("127.60.1.1", 0)]
    [InlineData("127.60.1.1", 1)]
    [InlineData("127.60.1.1", 9_000)]
    [InlineData("::1", 0)]
    [InlineData("::1", 40_000)]
    public void Probe_is_answered_and_timed_by_the_kernel(string address, int bytes)
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse(address), 0));
        using var prober = new UdpProber(new ProberOptions(), TimeProvider.System);
        var (outcome, detail) = Probes.One(prober, responder.Endpoint, Probes.Shape() with { PayloadBytes = bytes });
        Assert.Equal(ProbeError.None, outcome.Error);
        Assert.InRange(outcome.RttNanoseconds, 500, 1_000_000_000);
        Assert.False(detail.UserClock);
        Assert.Equal(64, detail.ReplyTtl);
        Assert.InRange(detail.ForwardNanoseconds, 0, 1_000_000_000);
        Assert.InRange(detail.ReturnNanoseconds, 0, 1_000_000_000);
        Assert.True(SpinWait.SpinUntil(() => responder.Udp.Answered == 1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Every_round_leaves_from_a_new_port_and_a_chosen_port_is_kept()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.60.1.2"), 0));
        using var prober = new UdpProber(new ProberOptions { SourceIPv4 = IPAddress.Parse("127.60.1.3") }, TimeProvider.System);
        var ports = Enumerable.Range(0, 5).Select(_ => Probes.One(prober, responder.Endpoint).Outcome.SourcePort).ToList();
        Assert.Equal(5, ports.Distinct().Count());
        for (var i = 0; i < 2; i++) Assert.Equal(45_671, Probes.One(prober, responder.Endpoint, Probes.Shape() with { SourcePort = 45_671 }).Outcome.SourcePort);
    }

    [Fact]
    public void Closed_port_is_refused_and_a_silent_one_times_out()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.60.1.4"), 0));
        using var prober = new UdpProber(new ProberOptions(), TimeProvider.System);
        Assert.Equal(ProbeError.Timeout, Probes.One(prober, (IPEndPoint)silent.LocalEndPoint!, Probes.Shape(0.2)).Outcome.Error);
        var closed = Probes.Many(prober, new IPEndPoint(IPAddress.Parse("127.60.1.4"), 1), 3);
        Assert.All(closed.All, probe => Assert.Equal(ProbeError.Refused, probe.Outcome.Error));
        Assert.Equal(0, prober.Pending);
    }

    [Fact]
    public void Too_large_a_packet_is_told_when_it_must_not_be_fragmented()
    {
        using var prober = new UdpProber(new ProberOptions(), TimeProvider.System);
        var shape = Probes.Shape() with { PayloadBytes = 65_507, DontFragment = true };

        // More than loopback takes in one piece, 65,536 bytes with the headers.
        var (outcome, _) = Probes.One(prober, new IPEndPoint(IPAddress.IPv6Loopback, 9), shape);
        Assert.Equal(ProbeError.TooLarge, outcome.Error);
    }

    [Fact]
    public async Task Duplicates_disorder_and_spoilt_answers_are_told_apart()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Parse("127.60.1.5"), 0));
        using var prober = new UdpProber(new ProberOptions(), TimeProvider.System);
        var probes = new Probes();
        var target = ProbeTarget.Create(IPAddress.Parse("127.60.1.5"), ((IPEndPoint)peer.LocalEndPoint!).Port);
        var requests = new List<(byte[] Packet, EndPoint From)>();
        for (var i = 0; i < 3; i++)
        {
            prober.Start(7, target, Probes.Shape());
            prober.Flush();
            var buffer = new byte[2_000];
            var received = await peer.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
            requests.Add((buffer[..received.ReceivedBytes], received.RemoteEndPoint));
        }

        // The second is answered first and twice, then the first; the third with a bit turned over.
        foreach (var at in new[] { 1, 1, 0, 2 })
        {
            var packet = requests[at].Packet.ToArray();
            EchoPacket.TurnIntoAnswer(packet, 1, 2);
            if (at == 2) packet[^1] ^= 1;
            peer.SendTo(packet, requests[at].From);
            peer.SendTo("garbage"u8, requests[at].From);
        }

        probes.WaitFor(prober, 3);
        prober.Poll(probes);
        Assert.Equal([ProbeError.None, ProbeError.None, ProbeError.BadAnswer], probes.All.Select(probe => probe.Outcome.Error).Order());
        Assert.Single(probes.All, probe => probe.Detail.Reordered);
        Assert.Equal([7], probes.Duplicates);
    }

    [Fact]
    public void Clock_that_steps_leaves_a_probe_without_outcome_rather_than_with_a_wrong_one()
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.60.1.6"), 0));
        var step = 0L;
        using var prober = new UdpProber(new ProberOptions(), TimeProvider.System) { Clock = () => ClockPair.Now() with { Unix = ClockPair.UnixNow() + step } };
        var probes = new Probes();
        prober.Start(0, ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port), Probes.Shape());
        prober.Flush();
        step = 3_000_000_000;
        SpinWait.SpinUntil(() => responder.Udp.Answered == 1, TimeSpan.FromSeconds(10));
        SpinWait.SpinUntil(
            () =>
            {
                prober.Poll(probes);
                return prober.Pending == 0;
            },
            TimeSpan.FromSeconds(10));
        Assert.Empty(probes.All);
        Assert.Equal(1, prober.Abandoned);
    }

    [Fact]
    public void Answers_that_this_host_threw_away_unread_are_no_loss_of_the_network()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.60.1.8"), 0));
        using var prober = new UdpProber(new ProberOptions { SourceIPv4 = IPAddress.Parse("127.60.1.9") }, TimeProvider.System);
        var sink = new Probes();
        prober.Start(1, ProbeTarget.Create(IPAddress.Parse("127.60.1.8"), ((IPEndPoint)silent.LocalEndPoint!).Port), Probes.Shape(1) with { SourcePort = 45_672 });
        prober.Flush();
        var flood = new byte[60_000];
        for (var i = 0; i < 400; i++) silent.SendTo(flood, new IPEndPoint(IPAddress.Parse("127.60.1.9"), 45_672));
        sink.WaitFor(prober, 1);
        Assert.Equal(ProbeError.LocalResources, sink.All[0].Outcome.Error);

        // The next probe from another socket knows nothing of it.
        Assert.Equal(ProbeError.Timeout, Probes.One(prober, (IPEndPoint)silent.LocalEndPoint, Probes.Shape(0.3)).Outcome.Error);
    }
}
