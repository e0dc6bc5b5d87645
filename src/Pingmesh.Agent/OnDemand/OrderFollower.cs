using Microsoft.Extensions.Logging;
using Pingmesh.Core.OnDemand;

namespace Pingmesh.Agent.OnDemand;

/// <summary>
/// Does the orders that the server has for this host. An answer to an upload or to a request for the pinglist tells that there are some; for a
/// minute after the last one the agent asks again at once, and the server answers when there is another, so that tests that follow each other are quick.
/// </summary>
/// <param name="fetch">Asks the server for orders, waiting so long for one.</param>
/// <param name="report">Sends a report; says whether it is done with.</param>
/// <param name="run">Does an order.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class OrderFollower(
    Func<TimeSpan, CancellationToken, Task<OrderFetch>> fetch,
    Func<TestReport, CancellationToken, Task<ReportResult>> report,
    Func<TestOrder, CancellationToken, TestReport> run,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>How long the server is asked to wait for an order.</summary>
    public static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(5);

    private const int MaxReportTries = 3;
    private const int MaxRemembered = 512;

    private static readonly TimeSpan KeepAsking = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastReportTime = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim orders = new(0, 1);
    private readonly Queue<string> order = new();
    private readonly HashSet<string> done = new(StringComparer.Ordinal);

    /// <summary>The server has orders. From any thread.</summary>
    public void Notify()
    {
        try
        {
            orders.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    /// <summary>Waits for orders and does them, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await orders.WaitAsync(cancel).ConfigureAwait(false);
                await FollowAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => orders.Dispose();

    private async Task FollowAsync(CancellationToken cancel)
    {
        var last = time.GetTimestamp();
        while (time.GetElapsedTime(last) < KeepAsking)
        {
            var fetched = await fetch(LongPoll, cancel).ConfigureAwait(false);
            if (fetched.Problem is { } problem)
            {
                LogNotFetched(problem);
                return;
            }

            var fresh = fetched.Orders.Where(one => Remember(one.Id)).ToList();
            foreach (var one in fresh) await DoAsync(one, cancel).ConfigureAwait(false);
            if (fresh.Count > 0) last = time.GetTimestamp();

            // What is done already, but not known to be by this copy of the server, must not make the agent ask all the time.
            else if (fetched.Orders.Count > 0) await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task DoAsync(TestOrder one, CancellationToken cancel)
    {
        LogOrdered(one.Test.Name(), one.Target, one.By);

        // On a thread of its own: a test takes seconds, which the pool's few threads have not.
        var found = await Task.Factory.StartNew(() => run(one, cancel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        for (var tried = 1; ; tried++)
        {
            // While the agent stops there is still time to say so.
            using var limit = new CancellationTokenSource(cancel.IsCancellationRequested ? LastReportTime : Timeout.InfiniteTimeSpan);
            ReportResult result;
            try
            {
                result = await report(found, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (result.Problem is { } problem) LogNotReported(problem);
            if (result.IsDone || tried == MaxReportTries || cancel.IsCancellationRequested) return;
            await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }
    }

    private bool Remember(string id)
    {
        if (!done.Add(id)) return false;
        order.Enqueue(id);
        if (order.Count > MaxRemembered) done.Remove(order.Dequeue());
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "On demand: {Test} of {Target}, asked for by {By}")]
    private partial void LogOrdered(string test, System.Net.IPAddress target, string by);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orders for tests cannot be fetched: {Problem}")]
    private partial void LogNotFetched(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The report on a test was not taken: {Problem}")]
    private partial void LogNotReported(string problem);
}
