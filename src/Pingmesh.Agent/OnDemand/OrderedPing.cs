using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.OnDemand;

/// <summary>
/// Does a ping as ordered, with the prober of its kind: flow after flow in turn, evenly spread. A flow with a source port of its own
/// sends its next probe only when the one before has ended, since both have one five-tuple.
/// </summary>
internal sealed class OrderedPing : IOutcomeSink
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    // Of one five-tuple: time for the reset that ends a probe to arrive before the next one begins.
    private static readonly TimeSpan BetweenSame = TimeSpan.FromMilliseconds(50);

    // However much is lost: others wait for their order.
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    private readonly TestOrder order;
    private readonly TestedProbe?[] ended;
    private readonly TimeSpan[] notBefore;
    private readonly bool[] pending;
    private readonly int[] started;

    private OrderedPing(TestOrder order)
    {
        this.order = order;
        ended = new TestedProbe?[order.SourcePorts.Count * order.Count];
        notBefore = new TimeSpan[order.SourcePorts.Count];
        pending = new bool[order.SourcePorts.Count];
        started = new int[order.SourcePorts.Count];
    }

    /// <summary>Pings; takes the calling thread until it is done.</summary>
    /// <param name="order">The order, which was checked.</param>
    /// <param name="source">The source address; null leaves it to the kernel.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <returns>The probes that ended, in the order they were started, flow after flow; the packets that were sent; and what kept it from being all, or null.</returns>
    public static (IReadOnlyList<TestedProbe> Probes, int Packets, string? Problem) Run(TestOrder order, IPAddress? source, CancellationToken cancel)
    {
        var ping = new OrderedPing(order);
        var ipv6 = source?.AddressFamily == AddressFamily.InterNetworkV6;
        using var prober = ReactorKinds.Open(order.Protocol, new ProberOptions { SourceIPv4 = ipv6 ? null : source, SourceIPv6 = ipv6 ? source : null });
        var isWhole = ping.Run(prober, cancel);
        var probes = ping.ended.OfType<TestedProbe>().ToList();
        return (probes, ping.started.Sum() * OnDemandLimits.PacketsOf(order.PayloadBytes), cancel.IsCancellationRequested ? OrderRunner.Stopping : ProblemOf(probes, isWhole));
    }

    /// <inheritdoc/>
    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
    {
        ended[outcome.Target] = new TestedProbe(outcome.SourcePort, outcome.Error, outcome.Retransmissions, outcome.LossDirection, outcome.RttNanoseconds);
        pending[outcome.Target / order.Count] = false;
    }

    private bool Run(IReactorProber prober, CancellationToken cancel)
    {
        var peer = ProbeTarget.Create(order.Target, order.Port);
        var spacing = TimeSpan.FromSeconds((double)OnDemandLimits.PacketsOf(order.PayloadBytes) / OnDemandLimits.PingPacketsPerSecond);
        var begun = Stopwatch.GetTimestamp();
        var (due, turn) = (TimeSpan.Zero, 0);
        while (!cancel.IsCancellationRequested)
        {
            var elapsed = Stopwatch.GetElapsedTime(begun);
            var isOver = elapsed >= LongestRun || Array.TrueForAll(started, count => count == order.Count);
            if (isOver && prober.Pending == 0) break;
            if (!isOver && elapsed >= due && NextOf(turn, elapsed) is { } flow)
            {
                Start(prober, peer, flow);
                prober.Flush();
                (due, turn) = (elapsed + spacing, flow + 1);
                notBefore[flow] = elapsed + BetweenSame;
            }

            prober.Poll(this);
            Thread.Sleep(Tick);
        }

        prober.Drain(this);
        return Array.TrueForAll(ended, probe => probe is not null);
    }

    private int? NextOf(int turn, TimeSpan elapsed)
    {
        for (var i = 0; i < started.Length; i++)
        {
            var flow = (turn + i) % started.Length;
            var isFree = order.SourcePorts[flow] == 0 || (!pending[flow] && elapsed >= notBefore[flow]);
            if (started[flow] < order.Count && isFree) return flow;
        }

        return null;
    }

    private void Start(IReactorProber prober, in ProbeTarget peer, int flow)
    {
        pending[flow] = true;
        prober.Start((flow * order.Count) + started[flow]++, peer, new ProbeShape
        {
            TimeoutNanoseconds = (long)order.Timeout.TotalNanoseconds,
            Dscp = order.Dscp,
            PayloadBytes = order.PayloadBytes,
            SourcePort = order.Protocol == ProbeKind.Icmp ? (ushort)0 : (ushort)order.SourcePorts[flow],
        });
    }

    private static string? ProblemOf(List<TestedProbe> probes, bool isWhole)
    {
        if (probes.Exists(probe => probe.Error == ProbeError.SourceUnavailable))
            return "a source address or source port could not be used: it is not this host's, or something else has it; take other ports, or leave them to the agent";
        if (probes.Exists(probe => probe.Error == ProbeError.LocalResources)) return "the agent ran out of descriptors or memory";
        return isWhole ? null : $"not all probes were made within {LongestRun.TotalSeconds} s, since each waits for the one before it on its source port; ask for fewer, or a shorter time-out";
    }
}
