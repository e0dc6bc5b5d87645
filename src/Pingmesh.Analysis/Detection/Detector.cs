using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Analysis.Regressions;
using Pingmesh.Core;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// Finds faults: is handed every upload, looks twice a window at what it remembers, investigates what is significant, and keeps the
/// incidents. The way: <see cref="ProbeMemory"/> -> <see cref="HostStates"/> -> <see cref="SuspicionBook"/> -> <see cref="Investigation"/> ->
/// <see cref="IncidentBook"/>. Thread-safe.
/// </summary>
public sealed partial class Detector
{
    // What the score of a ToR is counted over.
    private const int BlackHoleSeconds = 180;

    // Of the flows in trouble, so many are traced again when it has gone.
    private const int TracedAfter = 12;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // What other servers, and users by way of them, have changed.
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(1);

    private readonly Func<ServiceMap> services;
    private readonly ITestRunner? tests;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly DetectorOptions options;
    private readonly ProbeMemory memory;
    private readonly HostStates states = new();
    private readonly SuspicionBook suspicions;
    private readonly FaultBook faults;
    private readonly DownBook downs;
    private readonly List<Task> investigations = [];
    private readonly Lock looking = new();
    private readonly Lock gate = new();
    private readonly long started;
    private FabricGraph graph;
    private Topology topology;

    /// <summary>A detector.</summary>
    /// <param name="services">The services of the moment, and with them the topology.</param>
    /// <param name="tests">Has agents probe and trace; null where none can be asked.</param>
    /// <param name="book">Takes the incidents.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Its log.</param>
    /// <param name="options">Settings.</param>
    public Detector(Func<ServiceMap> services, ITestRunner? tests, IncidentBook book, TimeProvider time, ILogger<Detector> logger, DetectorOptions? options = null)
    {
        this.services = services;
        this.tests = tests;
        this.time = time;
        this.logger = logger;
        this.options = options ?? new DetectorOptions();
        Book = book;
        topology = services().Topology;
        memory = new ProbeMemory(topology);
        graph = new FabricGraph(topology.Wiring);
        suspicions = new SuspicionBook(logger);
        faults = new FaultBook(book, this.options);
        downs = new DownBook(book, this.options);
        started = Now();
    }

    /// <summary>The incidents.</summary>
    public IncidentBook Book { get; }

    /// <summary>Follows incidents of its own in the same book; null where there is none.</summary>
    public LatencyWatch? LatencyWatch { get; set; }

    /// <summary>When it last looked; null before it did.</summary>
    public DateTimeOffset? LastLook { get; private set; }

    /// <summary>Whether it should have looked by now, and did not.</summary>
    public bool IsLate => time.GetUtcNow() - (LastLook ?? DateTimeOffset.FromUnixTimeSeconds(started)) > LateAfter;

    /// <summary>Adds an upload that was not counted otherwise, such as a simulated one.</summary>
    /// <param name="body">A MeasurementBatch.</param>
    /// <exception cref="FormatException">It is none; says why.</exception>
    public void Take(ReadOnlyMemory<byte> body) => Take(BatchReader.Read(body, TimeBounds.None));

    /// <summary>Looks twice a window, as often as agents upload, until cancelled. A look that fails is told in the log, and the next one tries again.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        var refreshed = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            try
            {
                Look(cancel);
                await Book.SaveAsync(cancel).ConfigureAwait(false);
                if (time.GetUtcNow() - refreshed < RefreshEvery) continue;
                refreshed = time.GetUtcNow();
                await Book.RefreshAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogLookFailed(error);
            }
        }
    }

    /// <summary>Looks now. Investigations that it begins go on beside.</summary>
    /// <param name="cancel">Ends the investigations.</param>
    public void Look(CancellationToken cancel)
    {
        lock (looking)
        {
            Follow();
            var now = Now();
            memory.Trim(now);
            var (fleet, due) = memory.Look(view => (view.Fleet, Look(view, now)));
            lock (gate)
            {
                investigations.RemoveAll(task => task.IsCompleted);
                foreach (var (fault, choice) in due) Begin(fault, token => ConcludeAsync(fault, choice, fleet, token), cancel);
                if (tests is not null)
                {
                    foreach (var fault in faults.DueAfter()) Begin(fault, token => TraceAfterAsync(fault, fleet, token), cancel);
                }

                faults.ForgetOver(now);
                if (now - started > (long)options.Orphaned.TotalSeconds) ResolveOrphans(now);
            }

            LastLook = time.GetUtcNow();
        }
    }

    /// <summary>Done when no investigation goes on.</summary>
    public Task InvestigatedAsync()
    {
        lock (gate) return Task.WhenAll(investigations);
    }

    internal void Take(CheckedBatch batch) => memory.Take(batch, Now());

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private void Follow()
    {
        var next = services().Topology;
        if (ReferenceEquals(next, topology)) return;
        topology = next;
        var isSame = memory.Follow(next);
        graph = new FabricGraph(next.Wiring);
        if (isSame) return;

        // Hosts or pods have other numbers: what is followed is found again under the new ones.
        states.Clear();
        downs.Drop();
        lock (gate)
        {
            suspicions.Clear();
            faults.Drop();
        }
    }

    private List<(TrackedFault Fault, FlowChoice Choice)> Look(ProbeMemoryView view, long now)
    {
        states.Update(view, now);
        downs.Update(view, states, services(), now);
        lock (gate)
        {
            faults.Measure(view, now, IsOfHosts(view));
            foreach (var one in suspicions.Look(view, now, (plane, signal) => IsExplained(view, plane, signal), IsOfHosts(view)))
            {
                var fault = faults.Begin(view, one, IsExplained(view, one.Plane, one.Signal), now);
                if (one.Signal == Signal.Loss && one.Plane == Plane.Basic && fault.BlackHoleScores.Count == 0)
                    fault.BlackHoleScores = BlackHoleRule.Scores(view, now - BlackHoleSeconds, now + Windows.LiveSeconds, IsOfHosts(view)).ToDictionary(score => view.Fleet.Pods[score.Key].Path, score => score.Value);
            }

            suspicions.Learn(view, now, (plane, signal) => IsExplained(view, plane, signal));
            faults.Tell(view, services(), IsOfHosts(view), now);
            return [.. faults.Due(now).Select(fault => (fault, FlowChoice.Of(view, fault.Worst with { Place = fault.Place, Since = fault.Onset }, IsOfHosts(view), fault.Flows.Select(flow => flow.Sample.Tuple).ToHashSet())))];
        }
    }

    // Trouble that hosts at either end account for.
    private Func<int, int, long, bool> IsOfHosts(ProbeMemoryView view)
    {
        // Asked of each pair of each window, window after window: whose trouble counts in one is looked up once.
        var (current, hosts) = (long.MinValue, new HashSet<int>());
        return (source, target, window) =>
        {
            if (window != current) (current, hosts) = (window, [.. states.DownIn(window), .. view.NoisyIn(window)]);
            return hosts.Count > 0 && (hosts.Contains(source) || hosts.Contains(target));
        };
    }

    private Func<int, int, long, bool> IsExplained(ProbeMemoryView view, Plane plane, Signal signal)
    {
        var ofHosts = IsOfHosts(view);
        return (source, target, window) => ofHosts(source, target, window) || faults.Explain(view.Fleet, plane, signal, source, target, window);
    }

    private void Begin(TrackedFault fault, Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        fault.IsBeingInvestigated = true;
        investigations.Add(Task.Run(
            async () =>
            {
                try
                {
                    await work(cancel).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    LogInvestigationFailed(fault.Id, error);
                }
                finally
                {
                    lock (gate) fault.IsBeingInvestigated = false;
                }
            },
            CancellationToken.None));
    }

    private async Task ConcludeAsync(TrackedFault fault, FlowChoice choice, Fleet fleet, CancellationToken cancel)
    {
        Suspicion suspicion;
        lock (gate)
        {
            fault.Investigations++;
            suspicion = fault.Worst with { Place = fault.Place, Since = fault.Onset };
        }

        var findings = tests is null
            ? new Findings([], 0, Repeats.None, null, [.. choice.Bad.Select(flow => new FlowSeen(flow, true, null, null))], 0, 0)
            : await new Investigation(tests, fleet, graph, suspicion, choice, fault.Id, fault.Investigations == 1, time).RunAsync(cancel).ConfigureAwait(false);
        var now = Now();
        memory.Look(view =>
        {
            lock (gate)
            {
                faults.Conclude(fault, findings, fleet, graph, now);
                faults.Tell(view, services(), IsOfHosts(view), now);
                return true;
            }
        });
    }

    private async Task TraceAfterAsync(TrackedFault fault, Fleet fleet, CancellationToken cancel)
    {
        List<FlowSample> flows;
        lock (gate)
        {
            fault.IsTracedAfter = true;
            flows = [.. fault.Flows.Where(flow => flow.IsBad).TakeLast(TracedAfter).Select(flow => flow.Sample)];
        }

        var after = await new Investigation(tests!, fleet, graph, fault.Worst, new FlowChoice(flows, []), fault.Id, isFirst: true, time).TraceAsync(cancel).ConfigureAwait(false);
        lock (gate) fault.After.AddRange(after);
    }

    private void ResolveOrphans(long now)
    {
        foreach (var incident in Book.Current)
        {
            if (incident.State == IncidentState.Resolved || faults.Follows(incident.Id) || downs.Follows(incident.Id) || LatencyWatch?.Follows(incident.Id) == true) continue;
            if (now - incident.LastSymptom.ToUnixTimeSeconds() < (long)options.Orphaned.TotalSeconds) continue;
            var at = DateTimeOffset.FromUnixTimeSeconds(now);
            Book.Change(incident.Id, one => one is null or { State: IncidentState.Resolved } ? one : one with
            {
                State = IncidentState.Resolved,
                Resolved = at,
                Timeline = [.. one.Timeline, new IncidentNote(at, "pingmesh", "no symptom seen any more; resolved")],
            });
        }
    }

    [LoggerMessage(LogLevel.Error, "looking for faults failed; it is tried again in 5 s")]
    private partial void LogLookFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "investigating incident {Incident} failed; it goes on without")]
    private partial void LogInvestigationFailed(string incident, Exception error);
}
