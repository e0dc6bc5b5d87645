using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Queries;
using Pingmesh.Store;

namespace Pingmesh.Server.Observe;

/// <summary>Looks once a minute, or less often where that is much, at what was measured lately, for the metrics: a scrape must not cost a walk over all pairs.</summary>
/// <typeparam name="T">What is seen.</typeparam>
internal sealed partial class PeriodicLook<T> : IAsyncDisposable
    where T : class
{
    private const int RestPerWork = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly string what;
    private readonly TimeSpan span;
    private readonly Func<TimeRange, CancellationToken, Task<T>> look;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private volatile T? last;
    private long lastTicks;
    private long pauseTicks = Interval.Ticks;

    /// <summary>Begins to look.</summary>
    /// <param name="what">What is looked at, in a word, for the log.</param>
    /// <param name="span">How far back.</param>
    /// <param name="look">Looks at a range.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of failures.</param>
    public PeriodicLook(string what, TimeSpan span, Func<TimeRange, CancellationToken, Task<T>> look, TimeProvider time, ILogger logger)
    {
        this.what = what;
        this.span = span;
        this.look = look;
        this.time = time;
        this.logger = logger;
        lastTicks = time.GetUtcNow().UtcTicks;
        watching = Task.Run(WatchAsync);
    }

    /// <summary>What it saw last; null before the first look.</summary>
    public T? Last => last;

    /// <summary>Whether the last look that succeeded is much longer ago than looks are apart; never before the first one was due.</summary>
    public bool IsLate => time.GetUtcNow().UtcTicks - Interlocked.Read(ref lastTicks) > (2 * Interlocked.Read(ref pauseTicks)) + Interval.Ticks;

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
                last = await look(new TimeRange((now - span).ToUnixTimeSeconds(), now.ToUnixTimeSeconds()), stop.Token).ConfigureAwait(false);
                Interlocked.Exchange(ref lastTicks, time.GetUtcNow().UtcTicks);
            }
            catch (StoreException error)
            {
                LogFailed(what, error.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Where a look takes long, as in a fleet of thousands of pods, it is taken less often.
            var rest = time.GetElapsedTime(begun) * RestPerWork;
            pause = rest > Interval ? rest : Interval;
            Interlocked.Exchange(ref pauseTicks, pause.Ticks);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} cannot be told now: {Problem}")]
    private partial void LogFailed(string what, string problem);
}
