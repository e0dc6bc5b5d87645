using System.Net;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.SystemTests.Probing;

public sealed class ConfirmationNetworkTests : IDisposable
{
    private const string Server = "10.88.0.2";
    private const int Port = 58100;

    // A quarter of all source ports, by bits that the kernel draws.
    private const string SomePorts = """
        table inet t {
          chain in {
            type filter hook input priority 0;
            tcp flags & (syn|ack) == syn tcp sport & 6 == 2 drop
          }
        }

        """;

    private readonly NetworkNamespaces network = new();

    public void Dispose() => network.Dispose();

    [Fact]
    public void Same_tuple_fails_each_time_when_a_black_hole_takes_some_ports()
    {
        using var responder = NetworkNamespaces.Inside(network.Server, () => new TcpResponder(new IPEndPoint(IPAddress.Parse(Server), Port)));
        NetworkNamespaces.Nft(network.Server, SomePorts);
        var seen = NetworkNamespaces.Inside(network.Client, () => Probe(150));

        var confirmations = seen.Where(one => one.Confirms > 0).ToList();
        Assert.InRange(confirmations.Count, 6, 120);
        Assert.All(confirmations, one => Assert.Equal((one.Asked, ProbeError.Timeout), (one.Outcome.SourcePort, one.Outcome.Error)));
        Assert.Contains(confirmations, one => one.Confirms == Confirmation.Most);
        Assert.All(seen.Where(one => one.Confirms == 0), one => Assert.Equal((one.Outcome.SourcePort & 6) == 2, one.Outcome.Error == ProbeError.Timeout));
    }

    [Fact]
    public void Tuple_passes_when_packets_are_lost_by_chance()
    {
        using var responder = NetworkNamespaces.Inside(network.Server, () => new TcpResponder(new IPEndPoint(IPAddress.Parse(Server), Port)));
        NetworkNamespaces.Nft(network.Server, SomePorts.Replace("tcp sport & 6 == 2", "numgen random mod 4 == 0", StringComparison.Ordinal));
        var seen = NetworkNamespaces.Inside(network.Client, () => Probe(150));

        var confirmations = seen.Where(one => one.Confirms > 0).ToList();
        Assert.InRange(confirmations.Count, 6, 120);
        Assert.True(confirmations.Count(one => one.Outcome.Succeeded) > confirmations.Count / 2);
        Assert.All(confirmations, one => Assert.Equal(one.Asked, one.Outcome.SourcePort));
    }

    // As the schedule does: one after the other, each concluded before the next.
    private static List<(ushort Asked, byte Confirms, ProbeOutcome Outcome)> Probe(int count)
    {
        var seen = new List<(ushort, byte, ProbeOutcome)>();
        var confirmation = new Confirmation();
        var peer = ProbeTarget.Create(IPAddress.Parse(Server), Port);
        var sink = new Sink();
        using var prober = new TcpProber(new ProberOptions(), TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            var asked = confirmation.Next();
            sink.Last = null;
            prober.Start(i, peer, new ProbeShape { TimeoutNanoseconds = 100_000_000, SourcePort = asked });
            while (sink.Last is null)
            {
                Thread.Sleep(1);
                prober.Poll(sink);
            }

            seen.Add((asked, confirmation.Conclude(sink.Last.Value), sink.Last.Value));
        }

        return seen;
    }

    private sealed class Sink : IOutcomeSink
    {
        public ProbeOutcome? Last { get; set; }

        public void Completed(in ProbeOutcome outcome, in ProbeDetail detail) => Last = outcome;
    }
}
