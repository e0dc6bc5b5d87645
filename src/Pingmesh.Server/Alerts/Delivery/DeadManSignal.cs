using Microsoft.Extensions.Logging;

namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>
/// Signals at an interval that the analysis runs, and is silent when it does not. It does not wait behind alerts, and tries
/// each signal once: the next one comes soon.
/// </summary>
internal sealed partial class DeadManSignal : IAsyncDisposable
{
    private readonly ILane lane;
    private readonly Func<CancellationToken, Task<DeliveryResult>> send;
    private readonly Func<bool> isAlive;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task signalling;

    /// <summary>Begins to signal.</summary>
    /// <param name="lane">The receiver.</param>
    /// <param name="interval">Time between two signals.</param>
    /// <param name="send">Sends one.</param>
    /// <param name="isAlive">Whether the analysis really runs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when it falls silent, and when it cannot be sent.</param>
    public DeadManSignal(ILane lane, TimeSpan interval, Func<CancellationToken, Task<DeliveryResult>> send, Func<bool> isAlive, TimeProvider time, ILogger logger)
    {
        this.lane = lane;
        this.send = send;
        this.isAlive = isAlive;
        this.time = time;
        this.logger = logger;
        signalling = Task.Run(() => SignalAsync(interval));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await signalling.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task SignalAsync(TimeSpan interval)
    {
        var wasAlive = true;
        try
        {
            while (true)
            {
                var now = isAlive();
                if (!now && wasAlive) LogSilent(lane.Name);
                wasAlive = now;
                if (now)
                {
                    var result = await send(stop.Token).ConfigureAwait(false);
                    lane.Counts.CountSignal(result.Outcome);
                    if (result.Outcome != DeliveryOutcome.Delivered) LogFailed(lane.Name, result.Detail);
                }

                await Task.Delay(interval, time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The analysis does not run: {Receiver} gets no signal of life")]
    private partial void LogSilent(string receiver);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Receiver} did not get the signal of life: {Detail}")]
    private partial void LogFailed(string receiver, string detail);
}
