using System.Text;
using Microsoft.Extensions.Logging;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core.OnDemand;
using Pingmesh.Store;

namespace Pingmesh.Server.OnDemand;

/// <summary>
/// Where orders wait for the agents of their hosts, and reports for whoever asked. An order is given out until its report is there or its
/// time is over; agents do each order once. Orders and reports are documents, so that an agent may talk to one copy of a server and an operator to
/// another: each copy looks every two seconds for what the others wrote. Thread-safe.
/// </summary>
public sealed partial class OrderBoard : ITestRunner, IAsyncDisposable
{
    /// <summary>Kind of the documents of orders.</summary>
    public const string OrderKind = "test-order";

    /// <summary>Kind of the documents of reports.</summary>
    public const string ReportKind = "test-report";

    private const int MaxRead = 2_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    // An agent may have begun an order at its last moment.
    private static readonly TimeSpan ReportsUntil = OnDemandLimits.OrderLifetime * 2;

    private readonly IDocumentStore store;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Placed> orders = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Task looking;
    private TaskCompletionSource arrived = NewSignal();

    /// <summary>A board over a store of documents.</summary>
    /// <param name="store">Keeps orders and reports.</param>
    /// <param name="isShared">Whether other servers write to the store too.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the store cannot be read.</param>
    public OrderBoard(IDocumentStore store, bool isShared, TimeProvider time, ILogger<OrderBoard> logger)
    {
        this.store = store;
        this.time = time;
        this.logger = logger;
        looking = Task.Run(() => LookAsync(isShared));
    }

    /// <summary>How long <see cref="RunAsync"/> waits for a report.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether orders wait for a host.</summary>
    public bool HasOrders(string host)
    {
        lock (gate) return orders.Count > 0 && Waiting(host).Any();
    }

    /// <summary>Places orders: on return every copy of the server will find them.</summary>
    /// <exception cref="ArgumentException">One of them is none, its id is not new, or too many wait for its host; says which.</exception>
    /// <exception cref="StoreUnavailableException">The store does not take them; none is placed.</exception>
    public async Task PlaceAsync(IReadOnlyList<TestOrder> wanted, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        foreach (var order in wanted)
        {
            if (OrderCheck.ProblemOf(order) is { } problem) throw new ArgumentException(problem, nameof(wanted));
        }

        lock (gate)
        {
            Sweep(now);
            foreach (var host in wanted.GroupBy(order => order.Host))
            {
                if (Waiting(host.Key).Count() + host.Count() > OnDemandLimits.OrdersPerHost) throw new ArgumentException($"more than {OnDemandLimits.OrdersPerHost} orders would wait for '{host.Key}'; wait until it has done some", nameof(wanted));
            }

            if (wanted.FirstOrDefault(order => orders.ContainsKey(order.Id)) is { } known) throw new ArgumentException($"there is an order '{known.Id}' already", nameof(wanted));
        }

        await store.PutAsync([.. wanted.Select(order => new Document(OrderKind, order.Id, 1, now, TestJson.Write(order)))], cancel).ConfigureAwait(false);
        foreach (var order in wanted) Add(order, now);
        Announce();
    }

    /// <summary>The orders that wait for a host; when there are none, waits for some.</summary>
    /// <param name="host">The host.</param>
    /// <param name="wait">How long.</param>
    /// <param name="cancel">Ends the waiting with what there is.</param>
    public async Task<IReadOnlyList<TestOrder>> TakeAsync(string host, TimeSpan wait, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(wait, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        while (true)
        {
            Task change;
            List<TestOrder> waiting;
            lock (gate)
            {
                change = arrived.Task;
                waiting = [.. Waiting(host)];
            }

            if (waiting.Count > 0 || end.IsCancellationRequested) return waiting;
            await change.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes a host's report on an order.</summary>
    /// <returns>Null, or why it is not taken, as a sentence.</returns>
    /// <exception cref="StoreUnavailableException">The store does not take it now; it may be sent again.</exception>
    public async Task<string?> ReportAsync(string host, TestReport report, CancellationToken cancel)
    {
        var placed = Find(report.Order) ?? await FindStoredAsync(report.Order, cancel).ConfigureAwait(false);
        if (placed is null || placed.Order.Host != host || time.GetUtcNow() - placed.At > ReportsUntil) return $"there is no order '{report.Order}' for '{host}', or its time is over";
        if (ReportCheck.ProblemOf(report, placed.Order) is { } problem) return problem;

        // Whoever waits here need not wait for the disk.
        placed.Reported.TrySetResult(report);
        var kept = await placed.Reported.Task.ConfigureAwait(false);
        await store.PutAsync([new Document(ReportKind, report.Order, 1, placed.At, Encoding.UTF8.GetString(TestJson.Write(kept)))], cancel).ConfigureAwait(false);
        return null;
    }

    /// <summary>The report on an order; null while, or because, there is none.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public async Task<TestReport?> FindReportAsync(string order, CancellationToken cancel)
    {
        if (Find(order)?.Reported.Task is { IsCompletedSuccessfully: true } reported) return await reported.ConfigureAwait(false);
        return await store.FindAsync(ReportKind, order, cancel).ConfigureAwait(false) is { } document ? ReadReport(document) : null;
    }

    /// <inheritdoc/>
    public async Task<TestReport?> RunAsync(TestOrder order, CancellationToken cancel)
    {
        await PlaceAsync([order], cancel).ConfigureAwait(false);
        var placed = Find(order.Id)!;
        try
        {
            return await placed.Reported.Task.WaitAsync(Patience, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            // Nobody waits any more, so no agent need do it.
            placed.IsWithdrawn = true;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await looking.ConfigureAwait(false);
        stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IEnumerable<TestOrder> Waiting(string host)
    {
        var oldest = time.GetUtcNow() - OnDemandLimits.OrderLifetime;
        return orders.Values.Where(placed => placed.Order.Host == host && placed.At >= oldest && !placed.IsWithdrawn && !placed.Reported.Task.IsCompleted).OrderBy(placed => placed.At).Select(placed => placed.Order);
    }

    private Placed? Find(string id)
    {
        lock (gate) return orders.GetValueOrDefault(id);
    }

    private void Add(TestOrder order, DateTimeOffset at)
    {
        lock (gate) orders.TryAdd(order.Id, new Placed(order, at));
    }

    private void Announce()
    {
        TaskCompletionSource before;
        lock (gate)
        {
            before = arrived;
            arrived = NewSignal();
        }

        before.TrySetResult();
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (id, placed) in orders.ToList())
        {
            if (now - placed.At > ReportsUntil) orders.Remove(id);
        }
    }

    private async Task<Placed?> FindStoredAsync(string id, CancellationToken cancel)
    {
        if (await store.FindAsync(OrderKind, id, cancel).ConfigureAwait(false) is not { } document || ReadOrder(document) is not { } order) return null;
        return time.GetUtcNow() - document.Time > ReportsUntil ? null : new Placed(order, document.Time);
    }

    // Once for the orders of a run before this one; then again and again where other servers place orders too.
    private async Task LookAsync(bool isShared)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LookOnceAsync().ConfigureAwait(false);
                if (!isShared) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StoreException error)
            {
                LogNotRead(error.Message);
            }

            await Task.Delay(LookEvery, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookOnceAsync()
    {
        var now = time.GetUtcNow();

        // Clocks of servers differ by little; what is dated a little ahead is an order too.
        var placed = await store.ReadAsync(OrderKind, now - OnDemandLimits.OrderLifetime, now + OnDemandLimits.OrderLifetime, MaxRead, stop.Token).ConfigureAwait(false);
        foreach (var document in placed)
        {
            if (Find(document.Id) is null && ReadOrder(document) is { } order) Add(order, document.Time);
        }

        List<Placed> open;
        lock (gate)
        {
            Sweep(now);
            open = [.. orders.Values.Where(one => !one.Reported.Task.IsCompleted)];
        }

        if (open.Count > 0)
        {
            var reports = await store.ReadAsync(ReportKind, open.Min(one => one.At), now + OnDemandLimits.OrderLifetime, MaxRead, stop.Token).ConfigureAwait(false);
            foreach (var document in reports)
            {
                if (ReadReport(document) is { } report) Find(document.Id)?.Reported.TrySetResult(report);
            }
        }

        if (placed.Count > 0) Announce();
    }

    private TestOrder? ReadOrder(Document document)
    {
        try
        {
            return TestJson.ReadOrder(document.Json);
        }
        catch (FormatException error)
        {
            // A newer server may order what this one does not know.
            LogUnreadable(document.Id, error.Message);
            return null;
        }
    }

    private TestReport? ReadReport(Document document)
    {
        try
        {
            return TestJson.ReadReport(Encoding.UTF8.GetBytes(document.Json));
        }
        catch (FormatException error)
        {
            LogUnreadable(document.Id, error.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orders of other servers cannot be read: {Problem}")]
    private partial void LogNotRead(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order or report {Id} is passed over: {Problem}")]
    private partial void LogUnreadable(string id, string problem);

    private sealed class Placed(TestOrder order, DateTimeOffset at)
    {
        public TestOrder Order => order;

        public DateTimeOffset At => at;

        public volatile bool IsWithdrawn;

        public TaskCompletionSource<TestReport> Reported { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
