using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>Pings targets with probers on the platform's stack, each target on a schedule of its own, a bounded number at once.</summary>
internal sealed class PlatformPing(PingOptions options, IReadOnlyList<TargetTally> tallies, IPingView view) : IDisposable
{
    private const int MaxAtOnce = 128;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim slots = new(MaxAtOnce);

    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(tallies.Select((tally, number) => PingAsync(tally, number, cancel)));

    public void Dispose() => slots.Dispose();

    private async Task PingAsync(TargetTally tally, int number, CancellationToken cancel)
    {
        var target = tally.Target;
        var http = options.Kind == ProbeKind.Http
            ? (options.Http ?? new Core.Pinglists.HttpCheck()) with { Https = target.Https ?? options.Http?.Https ?? false, Path = target.Path ?? options.Http?.Path ?? "/" }
            : null;
        var prober = PlatformProbers.Create(options.Kind, http, options.Tls, options.Dns, options.Grpc);
        var platform = new PlatformTarget
        {
            Name = target.Name, Address = target.Address, Port = target.Port, Timeout = options.Timeout, Source = options.Flow.Source, Dscp = options.Flow.Dscp,
        };
        try
        {
            await Task.Delay(options.SpacingOf(tallies.Count) * number, cancel);
            using var timer = new PeriodicTimer(options.Interval);
            for (var i = 0; options.Count == 0 || i < options.Count; i++)
            {
                if (i > 0) await timer.WaitForNextTickAsync(cancel);
                await slots.WaitAsync(cancel);
                try
                {
                    lock (gate) tally.Sent++;
                    Take(tally, await prober.ProbeAsync(platform, cancel));
                }
                finally
                {
                    slots.Release();
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C: what has ended is shown.
        }
    }

    private void Take(TargetTally tally, ProbeReport report)
    {
        lock (gate)
        {
            var outcome = new ProbeOutcome
            {
                Target = 0,
                StartedUnixMicroseconds = report.StartedUnixMicroseconds,
                SourcePort = report.SourcePort,
                Error = report.Error,
                Retransmissions = 0,
                RttNanoseconds = report.RttNanoseconds,
            };
            tally.Add(outcome, report.Phases, report.Facts);
            view.Ended(tally, report);
        }
    }
}
