using Microsoft.Extensions.Logging;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Alerts.Receivers;

namespace Pingmesh.Server.Alerts.Delivery;

/// <summary>
/// Tells a receiver of what changed: once that an alert holds, once that it is over. What to tell is worked out anew each time
/// from what holds and what the receiver was told, so nothing is lost when its queue is full or its messages are given up.
/// </summary>
internal sealed partial class MessageLane : ILane
{
    private readonly ReceiverSettings settings;
    private readonly IDelivery delivery;
    private readonly SentState state;
    private readonly Func<Topology> topology;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly BackOff backOff;
    private readonly Lock changing = new();
    private readonly Dictionary<string, SentMark> marks;
    private readonly HashSet<string> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> groups = new(StringComparer.Ordinal);
    private readonly Queue<Notification> queue = new();
    private readonly SemaphoreSlim filled = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task sending;

    /// <summary>Begins to send.</summary>
    public MessageLane(ReceiverSettings settings, IDelivery delivery, SentState state, Func<Topology> topology, BackOff backOff, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        this.delivery = delivery;
        this.state = state;
        this.topology = topology;
        this.backOff = backOff;
        this.time = time;
        this.logger = logger;
        marks = state.MarksOf(settings.Name);
        sending = Task.Run(SendAllAsync);
    }

    /// <inheritdoc/>
    public string Name => settings.Name;

    /// <inheritdoc/>
    public DeliveryCounts Counts { get; } = new();

    /// <inheritdoc/>
    public int Queued
    {
        get
        {
            lock (changing) return queue.Count;
        }
    }

    /// <inheritdoc/>
    public void Offer(AlertPicture picture)
    {
        lock (changing)
        {
            var changes = Changes(picture).Where(alert => !waiting.Contains(alert.Fingerprint)).GroupBy(settings.Group.KeyOf, StringComparer.Ordinal).ToList();
            foreach (var gone in groups.Keys.Except(changes.Select(group => group.Key)).ToList()) groups.Remove(gone);
            foreach (var group in changes)
            {
                if (groups.TryAdd(group.Key, picture.At) && settings.Group.Wait > TimeSpan.Zero) continue;
                if (picture.At - groups[group.Key] < settings.Group.Wait) continue;
                groups.Remove(group.Key);

                // The most urgent first, for whoever reads only the beginning.
                var alerts = group.OrderBy(alert => alert.State).ThenByDescending(alert => alert.Severity).ThenBy(alert => alert.StartsAt).ToList();
                foreach (var part in delivery.OneByOne ? alerts.Select(alert => (IReadOnlyList<Alert>)[alert]) : [alerts]) Enqueue(new Notification(Name, group.Key, part));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        stop.Dispose();
        filled.Dispose();
    }

    private IEnumerable<Alert> Changes(AlertPicture picture)
    {
        var now = topology();
        foreach (var alert in picture.Firing.Values)
        {
            if (!settings.Filter.Lets(alert, now)) continue;
            if (!marks.TryGetValue(alert.Fingerprint, out var mark) || mark.Alert.LabelText != alert.LabelText || picture.At - mark.At >= settings.Group.Repeat) yield return alert;
        }

        // What a receiver was told to hold and does not any more, or is not its concern any more.
        foreach (var mark in marks.Values)
        {
            if (picture.Firing.TryGetValue(mark.Alert.Fingerprint, out var held) && settings.Filter.Lets(held, now)) continue;
            yield return picture.Resolved.LastOrDefault(alert => alert.Fingerprint == mark.Alert.Fingerprint) ?? mark.Alert with { EndsAt = picture.At };
        }
    }

    private void Enqueue(Notification notification)
    {
        if (queue.Count >= settings.QueueLength) return;
        queue.Enqueue(notification);
        foreach (var alert in notification.Alerts) waiting.Add(alert.Fingerprint);
        filled.Release();
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (true)
            {
                await filled.WaitAsync(stop.Token).ConfigureAwait(false);
                Notification next;
                lock (changing) next = queue.Peek();
                var outcome = await SendAsync(next).ConfigureAwait(false);
                Finish(next, outcome);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<DeliveryOutcome> SendAsync(Notification notification)
    {
        if (!settings.SendResolved)
        {
            if (!notification.IsFiring) return DeliveryOutcome.Delivered;
            notification = notification with { Alerts = [.. notification.Alerts.Where(alert => alert.State == AlertState.Firing)] };
        }

        var began = time.GetTimestamp();
        backOff.Reset();
        while (true)
        {
            var result = await delivery.SendAsync(notification, stop.Token).ConfigureAwait(false);
            Counts.Count(result.Outcome);
            switch (result.Outcome)
            {
                case DeliveryOutcome.Delivered:
                    LogDelivered(Name, notification.Alerts.Count, notification.Alerts[0].Summary, result.Detail);
                    return result.Outcome;
                case DeliveryOutcome.Refused:
                    LogRefused(Name, notification.Alerts[0].Summary, result.Detail);
                    return result.Outcome;
            }

            var pause = backOff.Next(result.RetryAfter);
            if (time.GetElapsedTime(began) + pause > settings.RetryFor)
            {
                LogGivenUp(Name, notification.Alerts[0].Summary, result.Detail);
                await Task.Delay(pause, time, stop.Token).ConfigureAwait(false);
                return result.Outcome;
            }

            LogFailed(Name, result.Detail, pause.TotalSeconds);
            await Task.Delay(pause, time, stop.Token).ConfigureAwait(false);
        }
    }

    private void Finish(Notification notification, DeliveryOutcome outcome)
    {
        lock (changing)
        {
            queue.Dequeue();
            foreach (var alert in notification.Alerts)
            {
                waiting.Remove(alert.Fingerprint);

                // A refused message is not sent again and again: it counts as told.
                if (outcome == DeliveryOutcome.Failed) continue;
                if (alert.State == AlertState.Firing) marks[alert.Fingerprint] = new SentMark(alert, time.GetUtcNow());
                else marks.Remove(alert.Fingerprint);
            }

            try
            {
                state.SaveMarks(Name, marks.Values);
            }
            catch (IOException error)
            {
                LogNotKept(Name, error.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Alerts sent to {Receiver}: {Count}, the first: {Summary} {Detail}")]
    private partial void LogDelivered(string receiver, int count, string summary, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Receiver} refused an alert, which is not sent again: {Summary}: {Detail}")]
    private partial void LogRefused(string receiver, string summary, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Receiver} cannot be told, next attempt in {Seconds:F1} s: {Detail}")]
    private partial void LogFailed(string receiver, string detail, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Receiver} could not be told in time, and is told what then holds: {Summary}: {Detail}")]
    private partial void LogGivenUp(string receiver, string summary, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Receiver} was told cannot be kept, and is told again after a restart: {Problem}")]
    private partial void LogNotKept(string receiver, string problem);
}
