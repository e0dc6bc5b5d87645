using System.Net;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;

namespace Pingmesh.UnitTests.Probing;

/// <summary>What the probers of datagrams have in common.</summary>
public sealed class DatagramProberTests
{
    [Theory]
    [InlineData(ProbeKind.Udp)]
    [InlineData(ProbeKind.Icmp)]
    public void Probes_allocate_nothing_and_keep_no_descriptors(ProbeKind kind)
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.1"), 0));
        using var prober = ReactorKinds.Open(kind, new ProberOptions());
        var sink = new Count();
        var peer = ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port);
        Run(800);
        var descriptors = Directory.GetFiles("/proc/self/fd").Length;

        // Once as many sockets are open as ever at once, nothing is allocated any more.
        Assert.Contains(Enumerable.Range(0, 5), _ =>
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            Run(400);
            return GC.GetAllocatedBytesForCurrentThread() == allocated;
        });
        Assert.Equal(sink.Ended, sink.Succeeded);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptors + 30);

        void Run(int count)
        {
            var until = sink.Ended + count;
            for (var started = 0; sink.Ended < until; prober.Poll(sink))
            {
                for (var i = 0; i < 20 && started < count && prober.Pending < 40; i++, started++) prober.Start(started % 100, peer, Probes.Shape());
                prober.Flush();
            }
        }
    }

    [Theory]
    [InlineData(ProbeKind.Udp, 64, 1_000)]
    [InlineData(ProbeKind.Udp, 9_000, 400)]
    [InlineData(ProbeKind.Icmp, 64, 4_000)]
    [InlineData(ProbeKind.Icmp, 20_000, 150)]
    public void Round_of_many_starts_loses_nothing_in_the_own_queue(ProbeKind kind, int payload, int count)
    {
        using var responder = new Responder(new IPEndPoint(IPAddress.Parse("127.63.1.2"), 0));
        using var prober = ReactorKinds.Open(kind, new ProberOptions());
        var probes = new Probes();
        var peer = ProbeTarget.Create(responder.Endpoint.Address, responder.Endpoint.Port);
        for (var i = 0; i < count; i++) prober.Start(i, peer, Probes.Shape() with { PayloadBytes = payload });
        prober.Flush();
        Thread.Sleep(100);
        probes.WaitFor(prober, count);
        Assert.All(probes.All, probe => Assert.Equal(ProbeError.None, probe.Outcome.Error));
        Assert.Equal(count, probes.All.Select(probe => probe.Outcome.Target).Distinct().Count());
    }

    private sealed class Count : IOutcomeSink
    {
        public int Ended { get; private set; }

        public int Succeeded { get; private set; }

        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
        {
            Ended++;
            if (outcome.Succeeded) Succeeded++;
        }
    }
}
