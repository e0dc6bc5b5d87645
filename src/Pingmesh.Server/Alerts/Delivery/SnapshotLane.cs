using Microsoft.Extensions.Logging;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts.Receivers;

namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>
/// Tells a receiver all that holds, whenever it changes and once a minute: an Alertmanager, which forgets what it is not told
/// again, and sorts out by itself what is new. Where it cannot be reached, only the newest picture matters.
/// </summary>
internal sealed partial class SnapshotLane : ILane
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ReceiverSettings settings;
    private readonly IDelivery delivery;
    private readonly Func<Topology> topology;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly BackOff backOff;
    private readonly CancellationTokenSource stop = new();
    private readonly Task sending;
    private volatile AlertPicture? newest;

    /// <summary>Begins to send.</summary>
    public SnapshotLane(string name, ReceiverSettings settings, IDelivery delivery, Func<Topology> topology, BackOff backOff, TimeProvider time, ILogger logger)
    {
        Name = name;
        this.settings = settings;
        this.delivery = delivery;
        this.topology = topology;
        this.backOff = backOff;
        this.time = time;
        this.logger = logger;
        sending = Task.Run(SendAllAsync);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DeliveryCounts Counts { get; } = new();

    /// <inheritdoc/>
    public int Queued { get; private set; }

    /// <inheritdoc/>
    public void Offer(AlertPicture picture) => newest = picture;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        stop.Dispose();
    }

    private List<Alert> AlertsOf(AlertPicture picture)
    {
        var now = topology();
        var firing = picture.Firing.Values.Where(alert => settings.Filter.Lets(alert, now)).ToList();
        if (settings.DeadMan && picture.IsAlive) firing.Add(AliveAlert.At(picture.At));
        if (!settings.SendResolved) return firing;

        // One that began again under the same labels holds.
        var held = firing.Select(alert => alert.LabelText).ToHashSet(StringComparer.Ordinal);
        var over = picture.Resolved.Where(alert => settings.Filter.Lets(alert, now) && !held.Contains(alert.LabelText)).GroupBy(alert => alert.LabelText).Select(same => same.Last());
        return [.. firing, .. over];
    }

    private async Task SendAllAsync()
    {
        var (told, at) = ("", DateTimeOffset.MinValue);
        while (true)
        {
            await Task.Delay(LookEvery, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            if (newest is not { } picture) continue;
            var alerts = AlertsOf(picture);
            var text = string.Join('\n', alerts.Select(alert => $"{alert.LabelText} {alert.State}").Order(StringComparer.Ordinal));
            if (alerts.Count == 0 || (text == told && time.GetUtcNow() - at < Again)) continue;
            Queued = 1;
            try
            {
                var result = await delivery.SendAsync(new Notification(Name, "", alerts), stop.Token).ConfigureAwait(false);
                Counts.Count(result.Outcome);
                if (result.Outcome == DeliveryOutcome.Failed)
                {
                    var pause = backOff.Next(result.RetryAfter);
                    LogFailed(Name, result.Detail, pause.TotalSeconds);
                    await Task.Delay(pause, time, stop.Token).ConfigureAwait(false);
                    continue;
                }

                if (result.Outcome == DeliveryOutcome.Refused) LogRefused(Name, result.Detail);
                else if (settings.DeadMan && picture.IsAlive) Counts.CountSignal(result.Outcome);
                backOff.Reset();
                (told, at, Queued) = (text, time.GetUtcNow(), 0);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Receiver} refused the alerts of the moment: {Detail}")]
    private partial void LogRefused(string receiver, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Receiver} cannot be told, next attempt in {Seconds:F1} s: {Detail}")]
    private partial void LogFailed(string receiver, string detail, double seconds);
}
