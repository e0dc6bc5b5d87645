using System.Collections.Concurrent;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent;

/// <summary>
/// Runs the probes of the kinds that need a whole protocol stack beside the reactor, a bounded number at once, and
/// hands their outcomes to the reactor's thread at its next tick.
/// </summary>
/// <param name="maxPending">Most probes at once; further ones fail as <c>local-resources</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class PlatformLane(int maxPending, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<(PlannedTarget Target, ProbeOutcome Outcome)> ended = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, byte> running = new();
    private int pending;

    /// <summary>Probes under way.</summary>
    public int Pending => Volatile.Read(ref pending);

    /// <summary>Probes given up by <see cref="Drain"/>.</summary>
    public long Abandoned { get; private set; }

    /// <summary>Starts a probe of a target that has a <see cref="PlannedTarget.Platform"/> part.</summary>
    public void Start(PlannedTarget target)
    {
        if (Pending >= maxPending)
        {
            var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            ended.Enqueue((target, OutcomeOf(new ProbeReport { StartedUnixMicroseconds = now, Error = ProbeError.LocalResources })));
            return;
        }

        Interlocked.Increment(ref pending);
        var probe = Task.Run(() => ProbeAsync(target));
        running[probe] = 0;
        _ = probe.ContinueWith(
            done => running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Reports every probe that has ended since the last call.</summary>
    public void Poll(Action<PlannedTarget, ProbeOutcome, ProbeDetail> report)
    {
        while (ended.TryDequeue(out var one)) report(one.Target, one.Outcome, default);
    }

    /// <summary>Gives up what is under way, and reports what has ended.</summary>
    public void Drain(Action<PlannedTarget, ProbeOutcome, ProbeDetail> report)
    {
        if (!stop.IsCancellationRequested)
        {
            Abandoned += Pending;
            stop.Cancel();
            _ = Task.WaitAll([.. running.Keys], StopTime);
        }

        Poll(report);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private static ProbeOutcome OutcomeOf(ProbeReport report) => new()
    {
        Target = 0,
        StartedUnixMicroseconds = report.StartedUnixMicroseconds,
        SourcePort = report.SourcePort,
        Error = report.Error,
        Retransmissions = 0,
        RttNanoseconds = report.Error == ProbeError.None ? report.RttNanoseconds : 0,
    };

    private async Task ProbeAsync(PlannedTarget target)
    {
        try
        {
            var report = await target.Platform!.Prober.ProbeAsync(target.Platform.Target, stop.Token).ConfigureAwait(false);
            ended.Enqueue((target, OutcomeOf(report)));
        }
        catch (OperationCanceledException)
        {
            // Given up, and counted by Drain.
        }
        finally
        {
            Interlocked.Decrement(ref pending);
        }
    }
}
