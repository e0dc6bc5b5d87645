using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.HostPairs;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Latencies;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Noise;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Rankings;
using Pingmesh.Analysis.Regressions;
using Pingmesh.Analysis.Samples;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Analysis.Verdicts;
using Pingmesh.Core;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.Analysis;

/// <summary>
/// Ingest and queries over one store: everything between an upload and an answer. Start it, hand uploads to
/// <see cref="Ingest"/>, ask the readers, stop it. The store is the caller's, to be closed after this.
/// </summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly IBatchJournal journal;
    private readonly WindowMemory memory;
    private readonly BatchIntake intake;
    private readonly Flusher flusher;
    private readonly IngestCounters counters;
    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly Func<ServiceMap> services;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource killed = new();
    private readonly CancellationTokenSource background;
    private Task work = Task.CompletedTask;

    private Collector(
        IMeasurementStore store, IBatchJournal journal, NameTable names, BatchIntake intake, WindowMemory memory, Func<ServiceMap> services,
        IngestCounters counters, TimeProvider time, ILoggerFactory loggers, CollectorOptions options)
    {
        this.journal = journal;
        this.names = names;
        this.services = services;
        this.time = time;
        this.memory = memory;
        this.intake = intake;
        this.counters = counters;
        background = CancellationTokenSource.CreateLinkedTokenSource(killed.Token);
        flusher = new Flusher(store, journal, memory, counters, options, time, loggers.CreateLogger<Flusher>());
        Upkeep = new Upkeep(store, journal, options, time, loggers.CreateLogger<Upkeep>());
        Ingest = new IngestPipeline(journal, intake, flusher, Live, counters, options, time, loggers.CreateLogger<IngestPipeline>());
        windows = new WindowReader(store, journal.Id, memory, names, options.Retention, time);
        var subjects = new SubjectHosts(names, services);
        var selections = new SelectionReader(windows, names, subjects);
        Slas = new SlaReader(windows, names, services);
        Latencies = new LatencyReader(selections);
        Worst = new WorstReader(windows, names);
        Samples = new SampleReader(windows, names);
        Heatmaps = new HeatmapReader(windows, names, subjects, options.Thresholds, time);
        HostPairs = new HostPairReader(windows, names);
        Evidence = new EvidenceReader(store, journal.Id, memory, names);
        Noise = new HostNoiseReader(store, journal.Id, memory, names);
        Comparisons = new ComparisonReader(selections, windows, names, services);
        Verdicts = new VerdictReader(Comparisons, windows, subjects, Slas, Noise, names);
    }

    /// <summary>Takes uploads in.</summary>
    public IngestPipeline Ingest { get; }

    /// <summary>Tells when live data changed.</summary>
    public ChangeSignal Live { get; } = new();

    /// <summary>SLA of hosts, pods, podsets, data centers, pod pairs and the whole.</summary>
    public SlaReader Slas { get; }

    /// <summary>Heatmaps of pod pairs.</summary>
    public HeatmapReader Heatmaps { get; }

    /// <summary>How latency is distributed, and how it went.</summary>
    public LatencyReader Latencies { get; }

    /// <summary>The worst hosts and pairs.</summary>
    public WorstReader Worst { get; }

    /// <summary>A scope before and during, beside a control group.</summary>
    public ComparisonReader Comparisons { get; }

    /// <summary>Whether it is the network.</summary>
    public VerdictReader Verdicts { get; }

    /// <summary>How many probes pairs of pods have.</summary>
    public SampleReader Samples { get; }

    /// <summary>What is known between two hosts.</summary>
    public HostPairReader HostPairs { get; }

    /// <summary>Probes in full.</summary>
    public EvidenceReader Evidence { get; }

    /// <summary>When hosts were in trouble themselves.</summary>
    public HostNoiseReader Noise { get; }

    /// <summary>Gets all that is taken in from now on, to look for faults in it; null where nobody looks.</summary>
    public Detector? Detector
    {
        get => intake.Detector;
        set => intake.Detector = value;
    }

    internal Upkeep Upkeep { get; }

    /// <summary>Makes a watch over the P99 of all scopes, which looks when it is told to.</summary>
    /// <param name="book">Takes its incidents.</param>
    /// <param name="limits">From when on a P99 counts as risen.</param>
    public LatencyWatch WatchLatency(IncidentBook book, RegressionLimits? limits = null) => new(windows, names, services, book, time, limits ?? new RegressionLimits());

    /// <summary>
    /// Starts: reads the names, brings back what the journal holds and the store does not, begins to take in uploads.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="journal">The journal; no other process uses it.</param>
    /// <param name="services">The services of the moment, and with them the topology; called often, from several threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<Collector> StartAsync(
        IMeasurementStore store, IBatchJournal journal, Func<ServiceMap> services, TimeProvider time, ILoggerFactory loggers,
        CollectorOptions options, CancellationToken cancellationToken = default)
    {
        var names = await NameTable.LoadAsync(store, cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var memory = new WindowMemory(new LiveWindows(options.LiveRetention, options.LiveCells, now));
        var counters = new IngestCounters();
        var intake = new BatchIntake(memory, names, () => services().Topology, counters, options, time, loggers.CreateLogger<BatchIntake>());
        var collector = new Collector(store, journal, names, intake, memory, services, counters, time, loggers, options);
        try
        {
            await collector.ReplayAsync(store, intake, options, cancellationToken);
            collector.Run(time);
            return collector;
        }
        catch
        {
            await collector.DisposeAsync();
            throw;
        }
    }

    /// <summary>What was counted since the start, and what is held now.</summary>
    public IngestCounts Counts()
    {
        var size = journal.Size;
        return counters.Read() with
        {
            JournalBatches = size.Batches,
            JournalBytes = size.Bytes,
            Queued = Ingest.Queued,
            PendingBytes = memory.PendingBytes,
            LiveCells = memory.LiveCellCount,
        };
    }

    /// <summary>Writes what is in memory to the store now, as happens every minute.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now; it stays in memory and in the journal.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) => flusher.FlushAsync(cancellationToken);

    /// <summary>
    /// Stops cleanly: takes in what waits, refuses what comes, flushes. A flush that fails loses nothing: the journal
    /// has it for the next start. Returns whether the flush succeeded.
    /// </summary>
    public async Task<bool> StopAsync(CancellationToken cancellationToken = default)
    {
        await Ingest.StopAsync().WaitAsync(cancellationToken);
        await background.CancelAsync();
        await work.WaitAsync(cancellationToken);
        return await flusher.TryFlushAsync(cancellationToken);
    }

    /// <summary>Ends at once, without a flush; what was accepted is in the journal. After <see cref="StopAsync"/> it only frees.</summary>
    public async ValueTask DisposeAsync()
    {
        await killed.CancelAsync();
        await Ingest.StopAsync();
        await work;
        flusher.Dispose();
        background.Dispose();
        killed.Dispose();
    }

    private async Task ReplayAsync(IMeasurementStore store, BatchIntake intake, CollectorOptions options, CancellationToken cancellationToken)
    {
        var mark = (await store.ReadMarksAsync(cancellationToken)).Of(journal.Id);
        journal.Forget(mark);
        foreach (var entry in journal.Read(mark))
        {
            await intake.ReplayAsync(entry, cancellationToken);
            if (memory.PendingBytes >= options.FlushBytes) await flusher.FlushAsync(cancellationToken);
        }
    }

    private void Run(TimeProvider time)
    {
        Ingest.Start(killed.Token);
        work = Task.WhenAll(
            UntilStopped(flusher.RunAsync), UntilStopped(Upkeep.RunAsync), UntilStopped(token => MoveOnAsync(time, token)));
    }

    private async Task UntilStopped(Func<CancellationToken, Task> run)
    {
        try
        {
            await Task.Run(() => run(background.Token), background.Token);
        }
        catch (OperationCanceledException) when (background.IsCancellationRequested)
        {
        }
    }

    // With no upload the live view still changes: old windows leave it.
    private async Task MoveOnAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Windows.LiveSeconds), time);
        while (await timer.WaitForNextTickAsync(cancellationToken)) Live.Advance();
    }
}
