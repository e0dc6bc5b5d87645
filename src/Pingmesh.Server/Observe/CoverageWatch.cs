using Microsoft.Extensions.Logging;
using Pingmesh.Server.Api;
using Pingmesh.Store;

namespace Pingmesh.Server.Observe;

/// <summary>Looks once a minute, or less often where that is much, at what was measured in the ten minutes before, for the metrics: a scrape must not cost a walk over all pairs.</summary>
internal sealed partial class CoverageWatch : IAsyncDisposable
{
    private const int RestPerWork = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private readonly CoverageEndpoint coverage;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private volatile CoverageResponse? last;

    /// <summary>Begins to look.</summary>
    public CoverageWatch(CoverageEndpoint coverage, TimeProvider time, ILogger logger)
    {
        this.coverage = coverage;
        this.time = time;
        this.logger = logger;
        watching = Task.Run(WatchAsync);
    }

    /// <summary>What it saw last; null before the first look.</summary>
    public CoverageResponse? Last => last;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var pause = Interval;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            var begun = time.GetTimestamp();
            try
            {
                var now = time.GetUtcNow();
                last = await coverage.ReadLastAsync(now - Span, now, stop.Token).ConfigureAwait(false);
            }
            catch (StoreException error)
            {
                LogFailed(error.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Where a look takes long, as in a fleet of thousands of pods, it is taken less often.
            var rest = time.GetElapsedTime(begun) * RestPerWork;
            pause = rest > Interval ? rest : Interval;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "coverage cannot be told now: {Problem}")]
    private partial void LogFailed(string problem);
}
