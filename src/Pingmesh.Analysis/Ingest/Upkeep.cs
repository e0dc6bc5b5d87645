using Microsoft.Extensions.Logging;
using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.Analysis.Ingest;

/// <summary>Keeps the store small, every minute: merges the parts of windows that are over, deletes what is too old.</summary>
internal sealed partial class Upkeep(
    IMeasurementStore store, IBatchJournal journal, CollectorOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Keeps the store until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await KeepAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(error.Message, error is StoreException ? null : error);
            }
        }
    }

    /// <summary>Does all there is to do now.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        while (await store.CompactAsync((now - options.CompactAfter).ToUnixTimeSeconds(), cancellationToken).ConfigureAwait(false))
            cancellationToken.ThrowIfCancellationRequested();
        while (await store.ExpireAsync(options.Retention, now, cancellationToken).ConfigureAwait(false))
            cancellationToken.ThrowIfCancellationRequested();
        while (journal.ForgetEpochs(now - options.EpochMemory)) cancellationToken.ThrowIfCancellationRequested();
    }
}
