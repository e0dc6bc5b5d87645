using Microsoft.Extensions.Logging;
using Pingmesh.Store;

namespace Pingmesh.Server;

/// <summary>Forgets documents that are too old, once an hour.</summary>
internal sealed partial class DocumentUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly IDocumentStore store;
    private readonly IReadOnlyDictionary<string, TimeSpan> keep;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task working;

    /// <summary>Begins.</summary>
    /// <param name="store">The documents.</param>
    /// <param name="keep">How long documents are kept, by kind.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of failures.</param>
    public DocumentUpkeep(IDocumentStore store, IReadOnlyDictionary<string, TimeSpan> keep, TimeProvider time, ILogger logger)
    {
        this.store = store;
        this.keep = keep;
        this.time = time;
        this.logger = logger;
        working = Task.Run(WorkAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await working.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                foreach (var (kind, age) in keep) await store.ForgetAsync(kind, time.GetUtcNow() - age, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StoreException error)
            {
                LogFailed(error.Message);
            }

            await Task.Delay(Interval, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old documents cannot be forgotten now: {Problem}")]
    private partial void LogFailed(string problem);
}
