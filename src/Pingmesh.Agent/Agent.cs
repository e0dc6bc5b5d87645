using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Observe;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Agent.Schedule;
using Pingmesh.Agent.Upload;
using Pingmesh.Core.Pinglists;
using Pingmesh.Probing;
using Pingmesh.Probing.Reactors;
using Pingmesh.Probing.Responders;
using Pingmesh.Probing.Tcp;

namespace Pingmesh.Agent;

/// <summary>
/// One host's agent: follows its pinglist, probes, answers probes, uploads. The way of the data through it:
/// <see cref="PinglistFollower"/> -> <see cref="ProbePlan"/> -> <see cref="ProbeLoop"/> -> <see cref="OutcomeBuffer"/> ->
/// <see cref="BatchBuilder"/> -> <see cref="Uploader"/>.
/// </summary>
public sealed partial class Agent : IDisposable
{
    // An hour of the highest rate would be too much to hold; what an upload interval of a minute can bring is not.
    private const int MaxOutcomes = 65_536;

    private const int MaxPendingProbes = 10_000;

    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastUploadTime = TimeSpan.FromSeconds(5);

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
    private readonly PinglistFollower follower;
    private readonly ProbeLoop loop;
    private readonly Reactor reactor;
    private readonly List<TcpResponder> responders = [];
    private readonly TaskCompletionSource answering = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetricsEndpoint? metrics;
    private IReadOnlyList<IPAddress> metricsAt = [];
    private IReadOnlyList<IPAddress> sources = [];

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
        server = new ServerClient(settings);
        spool = new Spool(settings.SpoolFolder, settings.SpoolLimit);
        uploader = new Uploader(server.UploadAsync, spool, time, loggers.CreateLogger<Uploader>());
        batches = new BatchBuilder(settings.Host, settings.Version, NewEpoch(), time);
        follower = new PinglistFollower(
            server.FetchPinglistAsync, Adopt, settings.SyncInterval, time, Random.Shared, loggers.CreateLogger<PinglistFollower>());
        loop = new ProbeLoop(OpenProber, outcomes, counters, Random.Shared);
        reactor = new Reactor($"probe {settings.Host}", ProbeLoop.Tick, (_, now) => loop.OnTick(now));
    }

    /// <summary>Probes ended so far, failed ones included.</summary>
    public ProbeCounters Counters => counters;

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
        var probing = ProbeAsync(mayProbe ?? Task.CompletedTask, stop.Token);
        var following = follower.RunAsync(stop.Token);
        var uploading = UploadAsync(stop.Token);
        try
        {
            // None of the three ends by itself unless something is broken; then the agent ends with it, loudly.
            await await Task.WhenAny(following, uploading, probing).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(following, uploading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reactor.Dispose();
        loop.Dispose();
        foreach (var responder in responders) responder.Dispose();
        metrics?.Dispose();
        server.Dispose();
    }

    private static ulong NewEpoch()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 1;
    }

    private async Task ProbeAsync(Task mayProbe, CancellationToken cancel)
    {
        await mayProbe.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancel.IsCancellationRequested) return;
        reactor.Start();
        await reactor.Completion.ConfigureAwait(false);
    }

    private void Adopt(Pinglist? pinglist)
    {
        if (pinglist is null)
        {
            loop.Follow(ProbePlan.Empty);
            return;
        }

        var plan = ProbePlan.From(pinglist, settings.Addresses);
        if (settings.AnswerAtPinglistAddresses) AnswerAt(pinglist);
        sources = plan.Sources;
        loop.Follow(plan);
    }

    private void AnswerAt(Pinglist pinglist)
    {
        var addresses = ProbePlan.AddressesOf(pinglist);
        if (addresses.Count == 0) throw new FormatException("pinglist: it gives no address of this host to answer at");
        try
        {
            Answer(addresses);
        }
        catch (IOException error) when (responders.Count > 0)
        {
            // An agent that is at work refuses such a pinglist as it does any other it cannot follow.
            throw new FormatException($"pinglist: {error.Message}", error);
        }
    }

    private void Answer(IReadOnlyList<IPAddress> addresses)
    {
        var wanted = addresses.Count > 0 ? addresses : AnyAddress();
        foreach (var address in wanted.Except(responders.Select(responder => responder.Endpoint.Address)))
            responders.Add(new TcpResponder(new IPEndPoint(address, settings.ResponderPort)));
        foreach (var responder in responders.Where(responder => !wanted.Contains(responder.Endpoint.Address))) responder.Dispose();
        responders.RemoveAll(responder => !wanted.Contains(responder.Endpoint.Address));
        answering.TrySetResult();
        if (settings.MetricsPort != 0 && (metrics is null || !wanted.SequenceEqual(metricsAt))) Serve(addresses, wanted);
    }

    private void Serve(IReadOnlyList<IPAddress> addresses, IReadOnlyList<IPAddress> answered)
    {
        metrics?.Dispose();
        metrics = null;
        var endpoint = new MetricsEndpoint(
            addresses,
            settings.MetricsPort,
            () => new AgentMetrics(settings, counters, follower, outcomes, uploader, spool).Write(reactor.Lateness, reactor.SkippedTicks),
            Unhealthy,
            () => Unhealthy() ?? follower.Problem,
            loggers.CreateLogger<MetricsEndpoint>());
        endpoint.Start();
        metrics = endpoint;
        metricsAt = answered;
    }

    private static IReadOnlyList<IPAddress> AnyAddress() =>
        System.Net.Sockets.Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];

    private string? Unhealthy()
    {
        var silent = reactor.SinceLastTick;
        return silent > DeadAfter ? $"the probing thread has not run for {silent.TotalSeconds:F0} s" : null;
    }

    private static TcpProber OpenProber(ProbePlan plan) => new(
        new ProberOptions
        {
            SourceIPv4 = plan.Sources.FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
            SourceIPv6 = plan.Sources.FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6),
            MaxPending = MaxPendingProbes,
        },
        TimeProvider.System);

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
        batch = batches.Build(taken, sources);
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
