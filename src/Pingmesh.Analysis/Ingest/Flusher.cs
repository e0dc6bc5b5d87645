using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.Analysis.Ingest;

/// <summary>Writes what gathered in memory to the store, every minute and whenever it gets too much.</summary>
internal sealed partial class Flusher : IDisposable
{
    // At this many times the memory that starts a flush, uploads are refused: the store is not taking them in.
    private const int Overfull = 4;

    private readonly IMeasurementStore store;
    private readonly IBatchJournal journal;
    private readonly WindowMemory memory;
    private readonly IngestCounters counters;
    private readonly CollectorOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly SemaphoreSlim early = new(0, 1);
    private volatile bool isOverfull;

    public Flusher(
        IMeasurementStore store, IBatchJournal journal, WindowMemory memory, IngestCounters counters,
        CollectorOptions options, TimeProvider time, ILogger logger)
    {
        this.store = store;
        this.journal = journal;
        this.memory = memory;
        this.counters = counters;
        this.options = options;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Whether so much waits that no more may be taken in.</summary>
    public bool IsOverfull => isOverfull;

    /// <summary>Starts a flush early when enough has gathered.</summary>
    public void Consider()
    {
        var pending = memory.PendingBytes;
        isOverfull = pending >= options.FlushBytes * Overfull;
        if (pending < options.FlushBytes) return;
        lock (early)
        {
            if (early.CurrentCount == 0) early.Release();
        }
    }

    /// <summary>Flushes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using (var tick = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                var timer = Task.Delay(options.FlushInterval, time, tick.Token);
                await Task.WhenAny(timer, early.WaitAsync(tick.Token)).ConfigureAwait(false);
                await tick.CancelAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            await TryFlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Flushes; returns whether the store holds everything now. A failure is logged, and what was not written stays.</summary>
    public async Task<bool> TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            counters.FlushFailed();
            LogFailed(error.Message, error is StoreException ? null : error);
            return false;
        }
    }

    /// <summary>Writes everything in memory to the store, then forgets it and its journal entries.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What an earlier flush left behind goes first, by itself: its mark must not cover what has come since.
            if (memory.HasFrozen) await WriteAsync(cancellationToken).ConfigureAwait(false);
            await WriteAsync(cancellationToken).ConfigureAwait(false);
            Consider();
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose()
    {
        one.Dispose();
        early.Dispose();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (memory.Freeze() is not { } generation) return;
        var began = time.GetTimestamp();
        await store.WriteAsync(generation.ToFlush(journal.Id), cancellationToken).ConfigureAwait(false);
        memory.Release(generation);
        var took = time.GetElapsedTime(began);
        counters.Flushed(took);
        LogFlushed(generation.Cells.Count, generation.Evidence.Count, took.TotalMilliseconds);
        journal.Forget(generation.UpTo);
    }
}
