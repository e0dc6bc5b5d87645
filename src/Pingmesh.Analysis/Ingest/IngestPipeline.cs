using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.Analysis.Ingest;

/// <summary>
/// Takes uploads in. Callers read and check their own upload; then it waits in a bounded queue for the one loop that
/// writes all that wait to the journal in one durable step, adds them to the windows in memory, and only then tells
/// the callers that they are accepted.
/// </summary>
public sealed partial class IngestPipeline
{
    private const int GroupBatches = 256;
    private const long GroupBytes = 8L << 20;

    private static readonly IngestResult Stopping = new(IngestStatus.Unavailable, "the collector is stopping");

    private readonly IBatchJournal journal;
    private readonly BatchIntake intake;
    private readonly Flusher flusher;
    private readonly ChangeSignal live;
    private readonly IngestCounters counters;
    private readonly CollectorOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<Waiting> queue;
    private long queuedBytes;
    private Task loop = Task.CompletedTask;
    private volatile bool isStopping;

    internal IngestPipeline(
        IBatchJournal journal, BatchIntake intake, Flusher flusher, ChangeSignal live, IngestCounters counters,
        CollectorOptions options, TimeProvider time, ILogger logger)
    {
        this.journal = journal;
        this.intake = intake;
        this.flusher = flusher;
        this.live = live;
        this.counters = counters;
        this.options = options;
        this.time = time;
        this.logger = logger;
        queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
    }

    /// <summary>Whether uploads are being taken in: false after a stop, and after an error that only a restart puts right.</summary>
    public bool IsRunning => !isStopping && !loop.IsCompleted;

    internal int Queued => queue.Reader.Count;

    /// <summary>
    /// Takes in one upload. Completes as accepted only when it is durable and every query counts it. Never throws:
    /// whatever the bytes are, the result says what became of them.
    /// </summary>
    /// <param name="protobuf">A MeasurementBatch, unzipped; it must not change before the result is there.</param>
    /// <param name="onlyFor">The one host that the sender may speak for; null for any.</param>
    /// <param name="clockBehind">By how much the sender's clock is behind this one; negative when it is ahead. See <see cref="AgentClock"/>.</param>
    public async Task<IngestResult> AcceptAsync(ReadOnlyMemory<byte> protobuf, string? onlyFor = null, TimeSpan clockBehind = default)
    {
        counters.Received(protobuf.Length);
        var result = await TakeInAsync(protobuf, onlyFor, clockBehind).ConfigureAwait(false);
        counters.Finished(result.Status);
        return result;
    }

    /// <summary>Starts the loop; <paramref name="killed"/> ends it at once.</summary>
    internal void Start(CancellationToken killed) => loop = Task.Run(() => RunAsync(killed), CancellationToken.None);

    /// <summary>Takes no more uploads; completes when all that waited are done with.</summary>
    internal Task StopAsync()
    {
        isStopping = true;
        queue.Writer.TryComplete();
        return loop;
    }

    private async Task<IngestResult> TakeInAsync(ReadOnlyMemory<byte> protobuf, string? onlyFor, TimeSpan clockBehind)
    {
        if (flusher.IsOverfull) return new IngestResult(IngestStatus.Unavailable, "the store has not taken in earlier measurements; try again later");
        CheckedBatch batch;
        try
        {
            var now = time.GetUtcNow();
            var times = new TimeBounds((now - options.Retention.Lateness).ToUnixTimeSeconds(), (now + BatchLimits.Future).ToUnixTimeSeconds());
            batch = BatchReader.Read(protobuf, times, AgentClock.ShiftOf(clockBehind));
        }
        catch (FormatException error)
        {
            return new IngestResult(IngestStatus.Invalid, error.Message) { Origin = OriginOf(protobuf, clockBehind) };
        }

        if (onlyFor is not null && batch.Origin.Host != onlyFor)
            return new IngestResult(IngestStatus.Forbidden, $"the batch is of host '{batch.Origin.Host}', but its sender may speak for '{onlyFor}' only");

        var waiting = new Waiting(batch);
        try
        {
            if (Interlocked.Add(ref queuedBytes, protobuf.Length) > options.QueueBytes || !queue.Writer.TryWrite(waiting))
            {
                return isStopping
                    ? Stopping
                    : new IngestResult(IngestStatus.Busy, "too many uploads are waiting; try again later");
            }

            return await waiting.Result.Task.ConfigureAwait(false) with { Origin = batch.Origin };
        }
        finally
        {
            Interlocked.Add(ref queuedBytes, -protobuf.Length);
        }
    }

    // Of a batch that was refused for its sender's clock, so that somebody sees whose it is.
    private static BatchOrigin? OriginOf(ReadOnlyMemory<byte> protobuf, TimeSpan clockBehind)
    {
        if (clockBehind.Duration() <= AgentClock.MostCorrected) return null;
        try
        {
            return BatchReader.Read(protobuf, TimeBounds.None).Origin;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task RunAsync(CancellationToken killed)
    {
        var group = new List<Waiting>();
        try
        {
            while (await queue.Reader.WaitToReadAsync(killed).ConfigureAwait(false))
            {
                TakeGroup(group);
                await TakeInAsync(group, killed).ConfigureAwait(false);
                group.Clear();
            }
        }
        catch (OperationCanceledException) when (killed.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            // A batch may be in the journal and half in memory: a restart puts that right, going on would not.
            LogLoopEnded(error);
        }
        finally
        {
            isStopping = true;
            queue.Writer.TryComplete();
            foreach (var waiting in group) waiting.Result.TrySetResult(Stopping);
            while (queue.Reader.TryRead(out var waiting)) waiting.Result.TrySetResult(Stopping);
        }
    }

    private void TakeGroup(List<Waiting> group)
    {
        long bytes = 0;
        while (group.Count < GroupBatches && bytes < GroupBytes && queue.Reader.TryRead(out var waiting))
        {
            group.Add(waiting);
            bytes += waiting.Batch.Body.Length;
        }
    }

    private async Task TakeInAsync(List<Waiting> group, CancellationToken killed)
    {
        IReadOnlyList<AppendResult> appended;
        var isAppending = false;
        try
        {
            // Names first: once a batch is in the journal nothing may keep it out of memory.
            await intake.PrepareAsync([.. group.Select(waiting => waiting.Batch)], killed).ConfigureAwait(false);
            isAppending = true;
            appended = journal.Append([.. group.Select(waiting => waiting.ToJournal())]);
        }
        catch (Exception error) when (error is StoreException || (!isAppending && !killed.IsCancellationRequested))
        {
            // The journal is as it was. After any other error of an append it may not be: that ends the loop.
            LogNotAppended(error.Message, group.Count, error is StoreException ? null : error);
            var problem = error is StoreUnavailableException { IsFull: true } ? "the collector's disk is full" : "the collector cannot store measurements now";
            foreach (var waiting in group) waiting.Result.TrySetResult(new IngestResult(IngestStatus.Unavailable, problem));
            return;
        }

        for (var i = 0; i < group.Count; i++)
        {
            if (appended[i].Status == AppendStatus.New) intake.Apply(group[i].Batch, appended[i].Position, isReplay: false);
        }

        live.Advance();
        flusher.Consider();
        for (var i = 0; i < group.Count; i++) group[i].Result.TrySetResult(ResultOf(appended[i].Status));
    }

    private static IngestResult ResultOf(AppendStatus status) => status switch
    {
        AppendStatus.New => new IngestResult(IngestStatus.Accepted),
        AppendStatus.Duplicate => new IngestResult(IngestStatus.Duplicate),
        _ => new IngestResult(IngestStatus.Invalid, $"sequence: the epoch has more than {SequenceSet.MaxIntervals} gaps; start the agent anew"),
    };

    private sealed class Waiting(CheckedBatch batch)
    {
        public CheckedBatch Batch => batch;

        public TaskCompletionSource<IngestResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JournalBatch ToJournal() => new(batch.Host, batch.Epoch, batch.Sequence, batch.Body);
    }
}
