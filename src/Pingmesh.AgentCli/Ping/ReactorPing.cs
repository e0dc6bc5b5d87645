using System.Diagnostics;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>Pings many targets with a prober of a high-rate kind, evenly spread over the interval.</summary>
internal sealed class ReactorPing : IOutcomeSink
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly PingOptions options;
    private readonly IReadOnlyList<TargetTally> tallies;
    private readonly ProbeTarget[] peers;
    private readonly IPingView view;
    private ushort sourcePort;

    public ReactorPing(PingOptions options, IReadOnlyList<TargetTally> tallies, IPingView view)
    {
        this.options = options;
        this.tallies = tallies;
        this.view = view;
        peers = [.. tallies.Select(tally => ProbeTarget.Create(tally.Target.Address, tally.Target.Port))];
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        var ipv6 = options.Flow.Source?.AddressFamily == AddressFamily.InterNetworkV6;
        using var prober = ReactorKinds.Open(options.Kind, new ProberOptions
        {
            SourceIPv4 = ipv6 ? null : options.Flow.Source, SourceIPv6 = ipv6 ? options.Flow.Source : null,
        });
        var spacing = options.SpacingOf(tallies.Count);
        var round = TimeSpan.FromTicks(Math.Max(options.Interval.Ticks, spacing.Ticks * tallies.Count));
        var begun = Stopwatch.GetTimestamp();
        var total = options.Count == 0 ? long.MaxValue : (long)options.Count * tallies.Count;
        long started = 0;
        while ((started < total && !cancel.IsCancellationRequested) || prober.Pending > 0)
        {
            var elapsed = Stopwatch.GetElapsedTime(begun);
            var any = false;
            while (started < total && !cancel.IsCancellationRequested && DueAt(started, round, spacing) <= elapsed)
            {
                Start(prober, (int)(started % tallies.Count));
                started++;
                any = true;
            }

            if (any) prober.Flush();
            prober.Poll(this);
            if (cancel.IsCancellationRequested) break;
            await Task.Delay(Tick, CancellationToken.None);
        }

        prober.Drain(this);
    }

    public void Completed(in ProbeOutcome outcome, in ProbeDetail detail)
    {
        var tally = tallies[outcome.Target];
        tally.Add(outcome, detail);
        view.Ended(tally, outcome, detail);
    }

    public void Duplicated(int target) => tallies[target].Duplicates++;

    private TimeSpan DueAt(long number, TimeSpan round, TimeSpan spacing) =>
        (round * (number / tallies.Count)) + (spacing * (number % tallies.Count));

    private void Start(IReactorProber prober, int target)
    {
        if (options.Flow.SourcePortFrom != 0)
            sourcePort = sourcePort < options.Flow.SourcePortFrom || sourcePort >= options.Flow.SourcePortTo ? (ushort)options.Flow.SourcePortFrom : (ushort)(sourcePort + 1);
        tallies[target].Sent++;
        prober.Start(target, peers[target], new ProbeShape
        {
            TimeoutNanoseconds = (long)options.Timeout.TotalNanoseconds,
            Dscp = options.Flow.Dscp,
            PayloadBytes = options.PayloadBytes,
            Ttl = options.Ttl,
            DontFragment = options.DontFragment,
            SourcePort = sourcePort,
        });
    }
}
