using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store.Journal;

namespace Pingmesh.Analysis.Ingest;

/// <summary>
/// Brings checked batches into memory: names their ends under the topology of the moment, then adds them to all
/// windows. Used by one thread at a time: first the replay, then the ingest loop.
/// </summary>
internal sealed partial class BatchIntake
{
    private readonly WindowMemory memory;
    private readonly NameTable names;
    private readonly Func<Topology> topology;
    private readonly IngestCounters counters;
    private readonly CollectorOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private EndDirectory ends;
    private volatile Detector? detector;

    public BatchIntake(
        WindowMemory memory, NameTable names, Func<Topology> topology, IngestCounters counters,
        CollectorOptions options, TimeProvider time, ILogger logger)
    {
        this.memory = memory;
        this.names = names;
        this.topology = topology;
        this.counters = counters;
        this.options = options;
        this.time = time;
        this.logger = logger;
        ends = new EndDirectory(topology(), names, options.UnknownNames);
    }

    /// <summary>Gets each batch that is applied; null where nobody looks for faults.</summary>
    public Detector? Detector
    {
        get => detector;
        set => detector = value;
    }

    /// <summary>Names the ends of batches, so that they can be applied.</summary>
    public Task PrepareAsync(IReadOnlyList<CheckedBatch> batches, CancellationToken cancellationToken)
    {
        var current = topology();
        if (!ReferenceEquals(current, ends.Topology)) ends = new EndDirectory(current, names, options.UnknownNames);
        return ends.PrepareAsync(batches, cancellationToken);
    }

    /// <summary>Adds a prepared batch, which the journal holds at <paramref name="position"/>.</summary>
    public void Apply(CheckedBatch batch, long position, bool isReplay)
    {
        try
        {
            memory.Apply(batch, ends, position, time.GetUtcNow().ToUnixTimeSeconds());
        }
        catch (OverflowException error)
        {
            // Billions of probes in one cell: not measured, but sent by somebody with a valid token.
            counters.NotApplied();
            LogNotApplied(position, batch.Host, error.Message);
            return;
        }

        counters.Applied(batch, isReplay);
        if (isReplay) return;
        CountUnknown(batch);
        detector?.Take(batch);
    }

    /// <summary>Applies a batch read back from the journal.</summary>
    public async Task ReplayAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        CheckedBatch batch;
        try
        {
            batch = BatchReader.Read(entry.Body, TimeBounds.None);
        }
        catch (FormatException error)
        {
            counters.NotApplied();
            LogUnreadable(entry.Position, error.Message);
            return;
        }

        await PrepareAsync([batch], cancellationToken);
        Apply(batch, entry.Position, isReplay: true);
    }

    private void CountUnknown(CheckedBatch batch)
    {
        var isUnknown = !ends.Find(batch.Host).IsInTopology;

        // Virtual and outside addresses are in no topology, as they should be.
        var peers = batch.Series.Where(series => series.Key.Class <= ProbeClass.InterDc).Sum(series => series.Rows.Count(row => !ends.Find(row.Key).IsInTopology));
        if (isUnknown || peers > 0) counters.Unknown(isUnknown ? 1 : 0, peers);
    }
}
