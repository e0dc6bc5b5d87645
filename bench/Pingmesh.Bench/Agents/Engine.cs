using System.Diagnostics;
using System.Net;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Reactors;

namespace Pingmesh.Bench.Agents;

/// <summary>A prober with the peers as its targets, and the counts of what came of its probes. For one thread.</summary>
internal sealed class Engine : IOutcomeSink, IDisposable
{
    private readonly IReactorProber prober;
    private readonly ProbeTarget[] targets;
    private readonly ProbeShape shape;
    private int next;

    public Engine(ReactorKind kind, TimeSpan timeout, int maxPending = 10_000)
    {
        prober = ReactorKinds.Open(kind.Kind, new ProberOptions { SourceIPv4 = IPAddress.Parse(PeerNetwork.Client), MaxPending = maxPending });
        targets = [.. PeerNetwork.Addresses().Select(address => ProbeTarget.Create(address, kind.Port))];
        shape = new ProbeShape { TimeoutNanoseconds = (long)timeout.TotalNanoseconds };
    }

    public long Succeeded { get; private set; }

    public long Failed => Failures.Values.Sum();

    /// <summary>Failures by code.</summary>
    public Dictionary<ProbeError, long> Failures { get; } = [];

    public long Retransmissions { get; private set; }

    public int Pending => prober.Pending;

    /// <summary>Where RTTs go, nanoseconds; null: nowhere.</summary>
    public List<long>? Rtts { get; init; }

    /// <summary>250 probes a second as the agent probes, for ever; for the contender of that name.</summary>
    public static async Task RunForeverAsync()
    {
        using var engine = new Engine(ReactorKind.Tcp, TimeSpan.FromMilliseconds(2_500));
        using var reactor = engine.AtRate(Contender.Rate);
        reactor.Start();
        await reactor.Completion;
    }

    /// <summary>A reactor that polls and starts in ticks of 100 ms, as the agent's does.</summary>
    public Reactor AtRate(int probesPerSecond) => new("bench", TimeSpan.FromMilliseconds(100), (_, _) =>
    {
        prober.Poll(this);
        Start(probesPerSecond / 10);
    });

    /// <summary>Starts as many probes.</summary>
    public void Start(int count)
    {
        for (var i = 0; i < count; i++)
        {
            prober.Start(next, targets[next], shape);
            if (++next == targets.Length) next = 0;
        }

        prober.Flush();
    }

    public void Poll() => prober.Poll(this);

    /// <summary>Keeps as many probes under way for a while.</summary>
    public void RunFlatOut(int underWay, TimeSpan time)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            Start(Math.Max(0, underWay - prober.Pending));
            prober.Poll(this);
        }
    }

    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
    {
        if (outcome.Succeeded) Succeeded++;
        else Failures[outcome.Error] = Failures.GetValueOrDefault(outcome.Error) + 1;
        Retransmissions += outcome.Retransmissions;
        if (outcome.RttNanoseconds > 0) Rtts?.Add(outcome.RttNanoseconds);
    }

    public void Dispose() => prober.Dispose();
}
