using System.Globalization;
using Pingmesh.Core.Exposition;

namespace Pingmesh.Server.Observe;

/// <summary>
/// Watches Pingmesh itself (paper, section 3.5): are pinglists made and fetched, do agents keep their budgets, is data reported,
/// is it stored, is the SLA told in time? Looks once a minute. Safe for any number of threads.
/// </summary>
internal sealed class Watchdogs : IAsyncDisposable
{
    /// <summary>How far back it looks at agents, and how long after the start it says nothing.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    /// <summary>Least share of the expected agents that must be well.</summary>
    public const double LeastShare = 0.9;

    /// <summary>Greatest share of the expected agents that may be over budget.</summary>
    public const double MostOverBudget = 0.01;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly string[] Names = ["pinglists", "budgets", "uploads", "store", "sla"];

    private readonly Func<WatchdogSight> look;
    private readonly TimeProvider time;
    private readonly DateTimeOffset started;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private long lastFlushes = -1;
    private DateTimeOffset flushMoved;
    private volatile IReadOnlyList<WatchdogState> states;

    /// <summary>Begins to look.</summary>
    /// <param name="look">Tells what there is to see.</param>
    /// <param name="time">The clock.</param>
    public Watchdogs(Func<WatchdogSight> look, TimeProvider time)
    {
        this.look = look;
        this.time = time;
        started = flushMoved = time.GetUtcNow();
        states = [.. Names.Select(name => new WatchdogState(name, null, "the server started less than five minutes ago", started))];
        watching = Task.Run(WatchAsync);
    }

    /// <summary>The states, always in the same order.</summary>
    public IReadOnlyList<WatchdogState> States => states;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        stop.Dispose();
    }

    /// <summary>Adds the metrics; what is not known yet counts as well.</summary>
    public void Write(PrometheusText text)
    {
        var gauge = text.Gauge("pingmesh_watchdog_ok", "Whether a part of Pingmesh does its work: 1, or 0 when it does not.");
        foreach (var state in states) gauge.Value(state.IsOk == false ? 0 : 1, ("watchdog", state.Name));
    }

    /// <summary>Judges what is to be seen at a time.</summary>
    internal void Judge(WatchdogSight sight, DateTimeOffset now)
    {
        // Marks need not move while there is nothing to flush.
        if (sight.Flushes != lastFlushes || sight.PendingBytes == 0) flushMoved = now;
        lastFlushes = sight.Flushes;
        if (now - started < Span) return;
        var fetched = Share(sight.Fetched, sight.Expected);
        var uploaded = Share(sight.Uploaded, sight.Expected);
        var over = sight.Expected == 0 ? 0 : (double)sight.OverBudget / sight.Expected;
        (bool Ok, string Detail)[] judged =
        [
            sight.PinglistProblem is { } problem
                ? (false, problem)
                : (fetched >= LeastShare, Of(sight.Fetched, sight.Expected, "agents fetched a pinglist in the last 5 minutes")),
            (over <= MostOverBudget, Of(sight.OverBudget, sight.Expected, "agents suspended probing over their budget in the last 5 minutes")),
            (uploaded >= LeastShare, Of(sight.Uploaded, sight.Expected, "agents uploaded in the last 5 minutes")),
            (sight.IsTakingIn && now - flushMoved < Span, !sight.IsTakingIn
                ? "uploads are not taken in"
                : string.Create(CultureInfo.InvariantCulture, $"{(now - flushMoved).TotalSeconds:F0} s since the store took what waited, {sight.PendingBytes} bytes wait")),
            (!sight.IsSlaLate, sight.IsSlaLate ? "the SLA is not told in time" : "the SLA is told in time"),
        ];
        states = [.. states.Zip(judged, (before, one) => new WatchdogState(before.Name, one.Ok, one.Detail, before.IsOk == one.Ok ? before.Since : now))];
    }

    private static double Share(int some, int all) => all == 0 ? 1 : (double)some / all;

    private static string Of(int some, int all, string what) => string.Create(CultureInfo.InvariantCulture, $"{some} of {all} {what}");

    private async Task WatchAsync()
    {
        while (true)
        {
            Judge(look(), time.GetUtcNow());
            await Task.Delay(Interval, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
        }
    }
}
