using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.TcpPayload;

namespace Pingmesh.UnitTests.Probing;

public sealed class TcpPayloadProberTests
{
    [Theory]
    [InlineData("127.62.1.1", 0)]
    [InlineData("127.62.1.1", 1)]
    [InlineData("127.62.1.1", 65_536)]
    [InlineData("::1", 1_200)]
    public void Payload_is_echoed_and_timed_by_the_kernel_however_late_it_is_looked_at(string address, int bytes)
    {
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse(address), 0));
        using var prober = new TcpPayloadProber(new ProberOptions(), TimeProvider.System);
        ProbeOutcome outcome;
        ProbeDetail detail;
        var tries = 0;
        do
        {
            var probes = new Probes();
            var echoed = responder.EchoedBytes + (bytes == 0 ? TcpPayloadProber.DefaultPayloadBytes : bytes);
            prober.Start(0, ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port), Probes.Shape() with { PayloadBytes = bytes });
            Thread.Sleep(20);
            prober.Poll(probes);

            // The echo is back long before it is asked for.
            SpinWait.SpinUntil(() => responder.EchoedBytes == echoed, TimeSpan.FromSeconds(10));
            Thread.Sleep(300);
            probes.WaitFor(prober, 1);
            (outcome, detail) = probes.All[0];
            Assert.Equal(ProbeError.None, outcome.Error);

            // On a busy machine the kernel may send a segment again before the responder gets to run: then there is no RTT.
            Assert.Equal(outcome.Retransmissions == 0, outcome.RttNanoseconds > 0);
        }
        while (outcome.Retransmissions > 0 && ++tries < 10);

        Assert.InRange(outcome.RttNanoseconds, 5_000, 250_000_000);
        Assert.InRange(detail.ConnectNanoseconds, 1_000, 250_000_000);
        Assert.False(detail.UserClock);
    }

    [Fact]
    public async Task Peers_that_do_not_echo_fail_each_with_its_own_code()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.62.1.2"), 0);
        listener.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        using var prober = new TcpPayloadProber(new ProberOptions(), TimeProvider.System);
        Assert.Equal(ProbeError.AnswerTimeout, await ProbeAsync(prober, listener, endpoint, _ => { }));
        Assert.Equal(ProbeError.Closed, await ProbeAsync(prober, listener, endpoint, socket =>
        {
            socket.Receive(new byte[2_000]);
            socket.Shutdown(SocketShutdown.Send);
        }));
        Assert.Equal(ProbeError.Reset, await ProbeAsync(prober, listener, endpoint, socket =>
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }));
        Assert.Equal(ProbeError.BadAnswer, await ProbeAsync(prober, listener, endpoint, socket => socket.Send("something else"u8)));
        listener.Stop();
        Assert.Equal(ProbeError.Refused, Probes.One(prober, endpoint).Outcome.Error);
    }

    [Fact]
    public void Clock_that_steps_leaves_a_probe_without_outcome()
    {
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse("127.62.1.3"), 0));
        var step = 0L;
        using var prober = new TcpPayloadProber(new ProberOptions(), TimeProvider.System) { Clock = () => ClockPair.Now() with { Unix = ClockPair.UnixNow() + (step += 1_000_000_000) } };
        var probes = new Probes();
        prober.Start(0, ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port), Probes.Shape());
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

    private static async Task<ProbeError> ProbeAsync(TcpPayloadProber prober, TcpListener listener, IPEndPoint endpoint, Action<Socket> behave)
    {
        var probes = new Probes();
        prober.Start(0, ProbeTarget.Create(endpoint.Address, endpoint.Port), Probes.Shape(1));
        var accepted = listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask();
        var behaving = accepted.ContinueWith(socket => behave(socket.Result), TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        probes.WaitFor(prober, 1);
        await behaving;
        (await accepted).Dispose();
        return probes.All[0].Outcome.Error;
    }
}
