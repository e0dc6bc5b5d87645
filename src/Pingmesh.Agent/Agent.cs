using System.Net;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Names;
using Pingmesh.Agent.Observe;
using Pingmesh.Agent.OnDemand;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Responding;
using Pingmesh.Agent.Schedule;
using Pingmesh.Agent.SelfWatch;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Libc;
using Pingmesh.Probing.Names;
using Pingmesh.Probing.Reactors;

namespace Pingmesh.Agent;

/// <summary>
/// One host's agent: follows its pinglist, probes, answers probes, watches itself, uploads. The way of the data through it:
/// <see cref="PinglistFollower"/> -> <see cref="ProbePlan"/> -> <see cref="ProbeLoop"/> -> <see cref="OutcomeBuffer"/> ->
/// <see cref="BatchBuilder"/> -> <see cref="Uploader"/>.
/// </summary>
public sealed partial class Agent : IDisposable
{
    // An hour of the highest rate would be too much to hold; what an upload interval of a minute can bring is not.
    private const int MaxOutcomes = 65_536;

    private const int MaxPlatformProbes = 64;

    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastUploadTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BudgetInterval = TimeSpan.FromSeconds(1);

    private readonly AgentSettings settings;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;
    private readonly ServerClient server;
    private readonly Spool spool;
    private readonly Uploader uploader;
    private readonly BatchBuilder batches;
    private readonly OutcomeBuffer outcomes = new(MaxOutcomes);
    private readonly ProbeCounters counters = new();
    private readonly LocalResults results;
    private readonly RawResultLog? rawLog;
    private readonly PinglistFollower follower;
    private readonly TargetNames names;
    private readonly ReactorProbers probers;
    private readonly PlatformLane platform;
    private readonly ProbeLoop loop;
    private readonly HostWatch watch;
    private readonly LoopbackProbe loopback;
    private readonly BudgetWatch budget;
    private readonly Reactor reactor;
    private readonly AgentResponders responders;
    private readonly OrderFollower orders;
    private readonly TaskCompletionSource answering = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock planning = new();
    private MetricsEndpoint? metrics;
    private IReadOnlyList<IPAddress> metricsAt = [];
    private volatile IReadOnlyList<IPAddress> sources = [];
    private Pinglist? pinglist;
    private AgentLimits limits;

    /// <summary>Makes an agent; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="loggers">Its logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The spool folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission for the spool folder.</exception>
    public Agent(AgentSettings settings, ILoggerFactory loggers, TimeProvider time)
    {
        this.settings = settings;
        this.time = time;
        this.loggers = loggers;
        logger = loggers.CreateLogger<Agent>();
        limits = settings.Limits();
        server = new ServerClient(settings);
        spool = new Spool(settings.SpoolFolder, settings.SpoolLimit);
        uploader = new Uploader(server.UploadAsync, spool, time, loggers.CreateLogger<Uploader>());
        batches = new BatchBuilder(settings.Host, settings.Version, Entropy.Next() | 1, time);
        results = new LocalResults(time);
        if (settings.RawLog is { } raw) rawLog = new RawResultLog(raw, loggers.CreateLogger<RawResultLog>());
        follower = new PinglistFollower(
            server.FetchPinglistAsync, Adopt, settings.SyncInterval, time, Random.Shared, loggers.CreateLogger<PinglistFollower>());
        names = new TargetNames(new NameResolver().ResolveAsync, PlanAgain, time, loggers.CreateLogger<TargetNames>());
        responders = new AgentResponders(settings);

        // It reads its first counters at once: those of where the agent probes.
        watch = NetworkSpace.In(settings.Space, () => new HostWatch(new ClockSteps(TimeProvider.System), KernelCounters.Read));
        loopback = new LoopbackProbe(watch);
        budget = new BudgetWatch(ProcessUse.Read, time);
        probers = new ReactorProbers(ReactorKinds.Open);
        platform = new PlatformLane(MaxPlatformProbes, time);
        loop = new ProbeLoop(probers, platform, Report, Random.Shared);
        var runner = new OrderRunner(settings.Space, () => sources, WhyNoTests, time);
        orders = new OrderFollower(server.FetchOrdersAsync, server.SendReportAsync, runner.Run, time, loggers.CreateLogger<OrderFollower>());
        server.OrdersWait = orders.Notify;
        reactor = new Reactor($"probe {settings.Host}", ProbeLoop.Tick, OnTick, settings.Space);
    }

    /// <summary>Probes ended so far, failed ones included.</summary>
    public ProbeCounters Counters => counters;

    /// <summary>Peers of the plan in force.</summary>
    public int Peers => loop.Peers;

    /// <summary>Done when the agent answers probes.</summary>
    public Task Answering => answering.Task;

    /// <summary>
    /// Runs until cancelled; then stops probing, sends or spools what was measured, and returns.
    /// </summary>
    /// <param name="cancel">Stops it.</param>
    /// <param name="mayProbe">Probing begins when this is done; null: at once.</param>
    /// <exception cref="IOException">The responder or the metrics cannot listen; says where, why and what helps.</exception>
    public async Task RunAsync(CancellationToken cancel, Task? mayProbe = null)
    {
        LogStarting(settings.Host, settings.Server, spool.Count);
        if (!settings.AnswerAtPinglistAddresses) Answer(settings.Addresses);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] parts =
        [
            ProbeAsync(mayProbe ?? Task.CompletedTask, stop.Token),
            follower.RunAsync(stop.Token),
            names.RunAsync(stop.Token),
            UploadAsync(stop.Token),
            WatchBudgetAsync(stop.Token),
            orders.RunAsync(stop.Token),
        ];
        try
        {
            // None of them ends by itself unless something is broken; then the agent ends with it, loudly.
            await await Task.WhenAny(parts).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(parts.Skip(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reactor.Dispose();
        loop.Dispose();
        platform.Dispose();
        loopback.Dispose();
        responders.Dispose();
        metrics?.Dispose();
        rawLog?.Dispose();
        orders.Dispose();
        server.Dispose();
    }

    private async Task ProbeAsync(Task mayProbe, CancellationToken cancel)
    {
        await mayProbe.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancel.IsCancellationRequested) return;
        reactor.Start();
        await reactor.Completion.ConfigureAwait(false);
    }

    private void OnTick(long due, long now)
    {
        watch.OnTick(due, now);
        if (loop.Suspended) watch.OnOverBudget();
        loop.OnTick(now);
        loopback.OnTick(now);
    }

    private void Report(PlannedTarget target, ProbeOutcome outcome, ProbeDetail detail)
    {
        if (outcome.Retransmissions > 0) watch.OnOwnRetransmissions(outcome.Retransmissions);
        var confirms = target.Series.Kind == ProbeKind.Tcp ? target.Confirmation.Conclude(outcome) : (byte)0;
        if (confirms > 0)
        {
            // A port that is in use meanwhile tells nothing.
            counters.CountConfirmation(outcome);
            if (outcome.Error != ProbeError.LocalResources) outcomes.Add(new RecordedOutcome(target, outcome) { Confirms = confirms });
            return;
        }

        counters.Count(target.Series, outcome, detail);
        results.Add(target, outcome);
        outcomes.Add(new RecordedOutcome(target, outcome));
    }

    private void Adopt(Pinglist? next)
    {
        if (next is not null && settings.AnswerAtPinglistAddresses) AnswerAt(next);
        lock (planning)
        {
            names.Follow(next);
            Plan(next);
            pinglist = next;
        }
    }

    /// <summary>Makes the plan anew because names stand for other addresses, or the limits have changed.</summary>
    private void PlanAgain()
    {
        lock (planning)
        {
            try
            {
                if (pinglist is not null) Plan(pinglist);
            }
            catch (FormatException error)
            {
                LogNotPlanned(error.Message);
            }
        }
    }

    private void Plan(Pinglist? from)
    {
        var plan = from is null
            ? ProbePlan.Empty
            : ProbePlan.From(from, new PlanContext { Sources = settings.Addresses, Limits = limits, AddressesOf = names.AddressesOf, Space = settings.Space });
        if (from is not null) sources = plan.Sources;
        results.Keep(plan.Targets);
        loop.Follow(plan);
    }

    private void AnswerAt(Pinglist from)
    {
        var addresses = ProbePlan.AddressesOf(from);
        if (addresses.Count == 0) throw new FormatException("pinglist: it gives no address of this host to answer at");
        try
        {
            Answer(addresses);
        }
        catch (IOException error) when (responders.All.Count > 0)
        {
            // An agent that is at work refuses such a pinglist as it does any other it cannot follow.
            throw new FormatException($"pinglist: {error.Message}", error);
        }
    }

    private void Answer(IReadOnlyList<IPAddress> addresses)
    {
        var answered = responders.Answer(addresses);
        loopback.Aim(responders.All[0].Endpoint);
        answering.TrySetResult();
        if (settings.MetricsPort != 0 && (metrics is null || !answered.SequenceEqual(metricsAt))) Serve(addresses, answered);
    }

    private void Serve(IReadOnlyList<IPAddress> addresses, IReadOnlyList<IPAddress> answered)
    {
        metrics?.Dispose();
        metrics = null;
        var values = new AgentMetrics
        {
            Settings = settings, Probes = counters, Results = results, Loop = loop, Probers = probers, Platform = platform, Reactor = reactor,
            Watch = watch, Budget = budget, Names = names, Responders = responders, Follower = follower, Outcomes = outcomes,
            Uploader = uploader, Spool = spool, RawLog = rawLog,
        };
        var endpoint = new MetricsEndpoint(
            addresses, settings.MetricsPort, values.Write, Unhealthy, () => Unhealthy() ?? follower.Problem ?? budget.Reason,
            loggers.CreateLogger<MetricsEndpoint>());
        NetworkSpace.In(settings.Space, () =>
        {
            endpoint.Start();
            return endpoint;
        });
        metrics = endpoint;
        metricsAt = answered;
    }

    private string? Unhealthy()
    {
        var silent = reactor.SinceLastTick;
        return silent > DeadAfter ? $"the probing thread has not run for {silent.TotalSeconds:F0} s" : null;
    }

    // Whatever stops the mesh, or this host's part in it, stops its tests too.
    private string? WhyNoTests()
    {
        if (budget.Reason is { } reason) return $"the agent has suspended probing: {reason}";
        return Volatile.Read(ref pinglist) switch
        {
            null => $"the agent has no pinglist, and so sends nothing: {follower.Problem ?? "the controller has none for it"}",
            { Paused: true } => "the host is paused, and so sends nothing; 'pingmesh resume' ends that",
            _ => null,
        };
    }

    private async Task WatchBudgetAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(BudgetInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false)) CheckBudget();
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private void CheckBudget()
    {
        var inForce = settings.Limits();
        if (inForce != limits)
        {
            limits = inForce;
            PlanAgain();
        }

        budget.Check(inForce);
        if (loop.Suspended == budget.Reason is not null) return;
        loop.Suspended = budget.Reason is not null;
        if (budget.Reason is { } reason) LogSuspended(reason);
        else LogResumed();
    }

    private async Task UploadAsync(CancellationToken cancel)
    {
        // Agents that started together must not upload together.
        var wait = settings.UploadInterval * Random.Shared.NextDouble();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(wait, time, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = settings.UploadInterval;
            await UploadOnceAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task UploadOnceAsync(CancellationToken cancel)
    {
        var probes = Build(out var batch);
        await uploader.SendAsync(batch, probes, cancel).ConfigureAwait(false);
    }

    private long Build(out Core.Wire.MeasurementBatch? batch)
    {
        var taken = outcomes.Take();
        rawLog?.Write(taken, sources);
        batch = batches.Build(taken, sources, watch.TakeMarks());
        if (batch is not null) batch.LostProbes = (ulong)outcomes.Lost;
        return taken.Length;
    }

    private async Task StopAsync()
    {
        LogStopping(settings.Host);
        reactor.Dispose();
        loop.Dispose();
        using var limit = new CancellationTokenSource(LastUploadTime);
        await UploadOnceAsync(limit.Token).ConfigureAwait(false);
    }
}
