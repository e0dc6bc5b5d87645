using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.UnitTests.Probing;

public sealed class TcpProberTests
{
    public static TheoryData<string> Loopbacks => Socket.OSSupportsIPv6 ? ["127.88.1.1", "::1"] : ["127.88.1.1"];

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void Probe_of_a_responder_succeeds_with_the_kernels_rtt(string address)
    {
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse(address), 0));
        using var prober = Prober();
        var before = DateTimeOffset.UtcNow;
        var outcome = Assert.Single(Outcomes.Of(prober, responder.Endpoint));
        Assert.Equal((ProbeError.None, 0, LossDirection.Unknown), (outcome.Error, outcome.Retransmissions, outcome.LossDirection));
        Assert.InRange(outcome.RttNanoseconds, 1_000, 1_000_000_000);
        Assert.Equal(0, outcome.RttNanoseconds % 1_000);
        Assert.InRange(outcome.StartedUnixMicroseconds, before.ToUnixTimeMilliseconds() * 1000, (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1) * 1000);

        // Answered by the kernel alone.
        Assert.Equal(0, responder.Accepted);
        Assert.Equal(0, prober.Pending);
    }

    [Theory]
    [InlineData("127.88.2.1", "127.88.2.2")]
    [InlineData("::1", "::1")]
    public void Every_probe_has_a_new_port_on_the_source_address(string source, string target)
    {
        if (source == "::1" && !Socket.OSSupportsIPv6) Assert.Skip("no IPv6");
        using var listener = new TcpListener(IPAddress.Parse(target), 0);
        listener.Start(64);
        using var prober = Prober(source);
        var ports = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            var outcomes = new List<ProbeOutcome>();
            var endpoint = (IPEndPoint)listener.LocalEndpoint;
            prober.Start(i, ProbeTarget.Create(endpoint.Address, endpoint.Port), new ProbeShape { Dscp = 0, TimeoutNanoseconds = 1_000_000_000 });
            using var seen = listener.AcceptSocket();
            var client = (IPEndPoint)seen.RemoteEndPoint!;
            Outcomes.WaitFor(prober, outcomes, 1);
            Assert.Equal(IPAddress.Parse(source), client.Address);
            Assert.Equal(client.Port, outcomes[0].SourcePort);
            ports.Add(client.Port);
        }

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Fact]
    public void Closed_port_is_refused()
    {
        using var prober = Prober();
        var outcome = Assert.Single(Outcomes.Of(prober, new IPEndPoint(IPAddress.Parse("127.88.3.1"), 1)));
        Assert.Equal((ProbeError.Refused, 0L), (outcome.Error, outcome.RttNanoseconds));
        Assert.NotEqual(0, outcome.SourcePort);
    }

    [Fact]
    public void Foreign_source_address_is_this_hosts_failure()
    {
        using var prober = Prober("192.0.2.77");
        Assert.Equal(ProbeError.SourceUnavailable, Assert.Single(Outcomes.Of(prober, new IPEndPoint(IPAddress.Loopback, 1))).Error);
    }

    [Fact]
    public void Silent_peer_times_out_after_its_time()
    {
        using var full = new FullListener();
        using var prober = Prober();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var outcome = Assert.Single(Outcomes.Of(prober, full.Endpoint, timeoutSeconds: 0.3));
        Assert.Equal(ProbeError.Timeout, outcome.Error);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.3, 5);
    }

    [Fact]
    public void Exhausted_pool_fails_locally_and_recovers()
    {
        using var full = new FullListener();
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse("127.88.4.1"), 0));
        using var prober = Prober(maxPending: 2);
        var peer = ProbeTarget.Create(full.Endpoint.Address, full.Endpoint.Port);
        for (var i = 0; i < 5; i++) prober.Start(i, peer, new ProbeShape { Dscp = 0, TimeoutNanoseconds = 200_000_000 });
        Assert.Equal(2, prober.Pending);
        var outcomes = new List<ProbeOutcome>();
        Outcomes.WaitFor(prober, outcomes, 5);
        Assert.Equal([2, 3, 4], outcomes.Where(outcome => outcome.Error == ProbeError.LocalResources).Select(outcome => outcome.Target));
        Assert.Equal(2, outcomes.Count(outcome => outcome.Error == ProbeError.Timeout));
        Assert.All(Outcomes.Of(prober, responder.Endpoint, 3), outcome => Assert.True(outcome.Succeeded));
    }

    [Fact]
    public void Drain_abandons_probes_that_still_have_time()
    {
        using var full = new FullListener();
        using var prober = Prober();
        prober.Start(0, ProbeTarget.Create(full.Endpoint.Address, full.Endpoint.Port), new ProbeShape { Dscp = 0, TimeoutNanoseconds = 5_000_000_000 });
        var outcomes = new List<ProbeOutcome>();
        var sink = new Outcomes(outcomes);
        prober.Drain(sink);
        Assert.Empty(outcomes);
        Assert.Equal((1, 0), (prober.Abandoned, prober.Pending));
    }

    [Fact]
    public void Thousands_of_probes_leave_no_time_wait_no_descriptors_and_no_garbage()
    {
        using var responder = new TcpResponder(new IPEndPoint(IPAddress.Parse("127.88.5.1"), 0));
        using var prober = Prober("127.88.5.2");
        var sink = new Counter();
        var peer = ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port);
        Run(500);
        var descriptors = Directory.GetFiles("/proc/self/fd").Length;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Run(3_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 20);
        Assert.Equal(3_500, sink.Succeeded);

        // Columns of /proc/net/tcp: local address, remote address, state; 06 is TIME_WAIT. 0205587F is 127.88.5.2.
        Assert.DoesNotContain(
            File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            columns => columns[1].StartsWith("0205587F", StringComparison.Ordinal) && columns[3] == "06");

        void Run(int count)
        {
            var until = sink.Count + count;
            for (var started = 0; sink.Count < until;)
            {
                while (started < count && prober.Pending < 50)
                {
                    prober.Start(started++, peer, new ProbeShape { Dscp = 0, TimeoutNanoseconds = 2_000_000_000 });
                }

                prober.Poll(sink);
            }
        }
    }

    private static TcpProber Prober(string? source = null, int maxPending = 1_000)
    {
        var address = source is null ? null : IPAddress.Parse(source);
        return new TcpProber(
            new ProberOptions
            {
                SourceIPv4 = address?.AddressFamily == AddressFamily.InterNetwork ? address : null,
                SourceIPv6 = address?.AddressFamily == AddressFamily.InterNetworkV6 ? address : null,
                MaxPending = maxPending,
            },
            TimeProvider.System);
    }

    private sealed class Counter : IOutcomeSink
    {
        public int Count { get; private set; }

        public int Succeeded { get; private set; }

        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
        {
            Count++;
            if (outcome.Succeeded) Succeeded++;
        }
    }

    /// <summary>A listener whose accept queue is full, so that its kernel answers no further SYN.</summary>
    private sealed class FullListener : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> fillers = [];

        public FullListener()
        {
            listener.Bind(new IPEndPoint(IPAddress.Parse("127.88.9.9"), 0));
            listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                fillers.Add(filler);
                try
                {
                    filler.Connect(Endpoint);
                }
                catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // Under way: it fills the queue, or waits behind it.
                }
            }
        }

        public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndPoint!;

        public void Dispose()
        {
            foreach (var filler in fillers) filler.Dispose();
            listener.Dispose();
        }
    }
}
