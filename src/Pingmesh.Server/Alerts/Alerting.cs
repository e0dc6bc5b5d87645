using Microsoft.Extensions.Logging;
using Pingmesh.Core.Exposition;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.Server.Alerts.Thresholds;
using Pingmesh.Server.Observe;

namespace Pingmesh.Server.Alerts;

/// <summary>Makes alerts of incidents, of thresholds and of Pingmesh's own state, and tells the receivers.</summary>
internal sealed partial class Alerting : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly AlertSettings settings;
    private readonly AlertInputs inputs;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SentState state;
    private readonly AlertBook book;
    private readonly ThresholdWatch thresholds;
    private readonly IReadOnlyList<WatchdogState> watchdogsBefore;
    private readonly Deliveries deliveries;
    private readonly List<ILane> lanes = [];
    private readonly List<DeadManSignal> signals = [];
    private readonly SemaphoreSlim changed = new(0, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock looking = new();
    private volatile AlertPicture picture;
    private Task telling = Task.CompletedTask;

    private Alerting(AlertSettings settings, AlertInputs inputs, SentState state, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        this.inputs = inputs;
        this.state = state;
        this.time = time;
        this.logger = logger;
        var before = state.Alerts;
        book = new AlertBook(before);
        thresholds = new ThresholdWatch(settings.Thresholds, before.Where(alert => alert.State == AlertState.Firing).Select(ThresholdBreach.Of).OfType<ThresholdBreach>());
        watchdogsBefore = [.. before.Where(alert => alert.State == AlertState.Firing).Select(WatchdogState.Of).OfType<WatchdogState>()];
        picture = book.Picture(time.GetUtcNow(), inputs.IsAlive());
        deliveries = new Deliveries(time);
    }

    /// <summary>The alerts of the moment.</summary>
    public AlertPicture Picture => picture;

    /// <summary>Begins to tell.</summary>
    /// <param name="settings">What is told to whom.</param>
    /// <param name="inputs">What alerts are made of.</param>
    /// <param name="stateFile">File of what was told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="Core.Yaml.ConfigurationException">A template is wrong.</exception>
    public static Alerting Start(AlertSettings settings, AlertInputs inputs, string stateFile, TimeProvider time, ILogger logger)
    {
        var alerting = new Alerting(settings, inputs, SentState.Open(stateFile), time, logger);
        try
        {
            // All are made before any is told: a mistake in the last one must not leave the first ones running.
            var ways = settings.Receivers.Select(receiver => (receiver, alerting.deliveries.Of(receiver))).ToList();
            foreach (var (receiver, its) in ways) alerting.Open(receiver, its);
        }
        catch
        {
            alerting.deliveries.Dispose();
            throw;
        }

        inputs.Incidents.Changed += alerting.Wake;
        alerting.telling = Task.Run(alerting.TellAsync);
        return alerting;
    }

    /// <summary>Takes in a look at the scopes with thresholds.</summary>
    public void Look(IReadOnlyList<ThresholdReading> readings)
    {
        lock (looking) thresholds.Look(readings, time.GetUtcNow());
        Wake();
    }

    /// <summary>Adds the metrics.</summary>
    public void Write(PrometheusText text)
    {
        var now = picture;
        var firing = text.Gauge("pingmesh_alerts_firing", "Alerts that hold.");
        foreach (var severity in Enum.GetValues<AlertSeverity>()) firing.Value(now.Firing.Values.Count(alert => alert.Severity == severity), ("severity", severity.Name()));
        text.Gauge("pingmesh_alerts_analysis_alive", "Whether the analysis runs, so that signals of life are sent.").Value(now.IsAlive ? 1 : 0);
        if (lanes.Count == 0) return;
        var sent = text.Counter("pingmesh_alerts_sent_total", "Attempts to send messages to receivers, by what became of them; those that failed are tried again, refused ones are not.");
        foreach (var lane in lanes)
        {
            sent.Value(lane.Counts.Delivered, ("receiver", lane.Name), ("result", "delivered"))
                .Value(lane.Counts.Refused, ("receiver", lane.Name), ("result", "refused"))
                .Value(lane.Counts.Failed, ("receiver", lane.Name), ("result", "failed"));
        }

        var queued = text.Gauge("pingmesh_alerts_queued", "Messages that wait to be sent.");
        foreach (var lane in lanes) queued.Value(lane.Queued, ("receiver", lane.Name));
        var alive = text.Counter("pingmesh_alerts_deadman_signals_total", "Signals of life to receivers, by what became of them.");
        foreach (var lane in lanes) alive.Value(lane.Counts.Signals, ("receiver", lane.Name), ("result", "delivered")).Value(lane.Counts.FailedSignals, ("receiver", lane.Name), ("result", "failed"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        inputs.Incidents.Changed -= Wake;
        await stop.CancelAsync().ConfigureAwait(false);
        await telling.ConfigureAwait(false);
        foreach (var signal in signals) await signal.DisposeAsync().ConfigureAwait(false);
        foreach (var lane in lanes) await lane.DisposeAsync().ConfigureAwait(false);
        deliveries.Dispose();
        changed.Dispose();
        stop.Dispose();
    }

    private void Open(ReceiverSettings receiver, IReadOnlyList<(string Name, IDelivery Delivery)> ways)
    {
        foreach (var (name, delivery) in ways)
        {
            // No secret: only that servers do not all try again at the same moment.
#pragma warning disable CA5394
            var backOff = new BackOff(new Random(HashCode.Combine(name, Environment.ProcessId)), FirstPause, LongestPause);
#pragma warning restore CA5394
            ILane lane = receiver.Kind == ReceiverKind.Alertmanager
                ? new SnapshotLane(name, receiver, delivery, inputs.Topology, backOff, time, logger)
                : new MessageLane(receiver, delivery, state, inputs.Topology, backOff, time, logger);
            lanes.Add(lane);
            if (!receiver.DeadMan) continue;
            if (receiver.HeartbeatUrl is { } url)
                signals.Add(new DeadManSignal(lane, receiver.DeadManInterval, cancel => deliveries.HeartbeatAsync(url, receiver.Timeout, cancel), inputs.IsAlive, time, logger));
            else if (receiver.Kind != ReceiverKind.Alertmanager)
                signals.Add(new DeadManSignal(lane, receiver.DeadManInterval, cancel => delivery.SendAsync(new Notification(name, "", [AliveAlert.At(time.GetUtcNow())]), cancel), inputs.IsAlive, time, logger));
        }
    }

    private void Wake()
    {
        lock (looking)
        {
            if (changed.CurrentCount == 0) changed.Release();
        }
    }

    private async Task TellAsync()
    {
        try
        {
            while (true)
            {
                Tell();
                await changed.WaitAsync(Interval, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Tell()
    {
        var now = time.GetUtcNow();
        IReadOnlyList<ThresholdBreach> breaches;
        lock (looking) breaches = thresholds.Breaches;

        // What a watchdog said before a restart holds until it says something else.
        var watchdogs = inputs.Watchdogs().Select(one => one.IsOk is null ? watchdogsBefore.FirstOrDefault(before => before.Name == one.Name) ?? one : one).ToList();
        var (firing, ended) = AlertComposer.Compose(inputs.Incidents.Current, breaches, watchdogs, settings.Thresholds, inputs.Topology(), settings.PageUrl, now);
        var isChanged = book.Update(now, firing, ended);
        picture = book.Picture(now, inputs.IsAlive());
        if (isChanged) Keep();
        foreach (var lane in lanes) lane.Offer(picture);
    }

    private void Keep()
    {
        try
        {
            state.SaveAlerts(book.All);
        }
        catch (IOException error)
        {
            LogNotKept(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The alerts that hold cannot be kept over a restart: {Problem}")]
    private partial void LogNotKept(string problem);
}
