using System.Globalization;
using Pingmesh.Core;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.Api;
using Pingmesh.Store;

namespace Pingmesh.Server.OnDemand;

/// <summary>
/// The tests that operators ask for: within limits, which hold over all copies of a server since tests are documents, and never without a line in
/// the audit log.
/// </summary>
internal sealed class OperatorTests(OrderBoard board, IDocumentStore store, AuditLog audit, Func<ServiceMap> services, Func<Host, bool> isPaused, TimeProvider time) : IDisposable
{
    /// <summary>Most tests of one user whose reports are not all there.</summary>
    public const int RunningPerUser = 4;

    /// <summary>Most orders of all users within a minute.</summary>
    public const int OrdersPerMinute = 100;

    private const int DefaultCount = 5;
    private const int DefaultTries = 3;
    private const int DefaultTracedFlows = 8;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RunningWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim one = new(1);

    /// <summary>Starts a test.</summary>
    /// <exception cref="BadRequestException">It is asked for in a way that makes no sense; says why and what helps.</exception>
    /// <exception cref="Analysis.Selections.UnknownSubjectException">There is no such host or scope.</exception>
    /// <exception cref="TooManyTestsException">There are too many.</exception>
    /// <exception cref="StoreUnavailableException">The store does not take it.</exception>
    public async Task<OperatorTest> StartAsync(TestRequest request, Actor who, CancellationToken cancel)
    {
        var pairs = TestedPairs.Find(request.From, request.To, Checked("hosts", request.Hosts, 1, TestedPairs.Most), services(), isPaused);
        var id = Guid.CreateVersion7().ToString("N");
        List<TestOrder> orders = [.. pairs.Select((pair, i) => OrderOf(request, pair, string.Create(CultureInfo.InvariantCulture, $"{id}-{i + 1}"), who.Name))];
        if (orders.Select(OrderCheck.ProblemOf).FirstOrDefault(problem => problem is not null) is { } wrong) throw new BadRequestException(wrong);

        // One at a time, so that two requests at once do not both find room for one.
        await one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await CheckLimitsAsync(who, orders.Count, cancel).ConfigureAwait(false);
            var test = new OperatorTest(id, request.From, request.To, who.Name, time.GetUtcNow(), [.. pairs.Select(pair => pair.To.Name)], orders);
            await audit.WriteAsync(who, "test", Describe(request, orders, id), cancel).ConfigureAwait(false);
            await store.PutAsync([test.ToDocument()], cancel).ConfigureAwait(false);
            try
            {
                await board.PlaceAsync(orders, cancel).ConfigureAwait(false);
            }
            catch (ArgumentException error)
            {
                throw new BadRequestException(error.Message);
            }

            return test;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>A test and its reports, null where there is none yet; null when there is no such test.</summary>
    public async Task<(OperatorTest Test, IReadOnlyList<TestReport?> Reports)?> FindAsync(string id, CancellationToken cancel) =>
        await store.FindAsync(OperatorTest.Kind, id, cancel).ConfigureAwait(false) is { } document && TryRead(document) is { } test
            ? (test, await ReportsAsync(test, cancel).ConfigureAwait(false))
            : null;

    /// <summary>The last tests, the newest first.</summary>
    public async Task<IReadOnlyList<OperatorTest>> RecentAsync(int limit, CancellationToken cancel) =>
        [.. (await store.ReadAsync(OperatorTest.Kind, DateTimeOffset.UnixEpoch, time.GetUtcNow() + Minute, limit, cancel).ConfigureAwait(false)).Select(TryRead).OfType<OperatorTest>()];

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private static TestOrder OrderOf(TestRequest request, TestedPair pair, string id, string by)
    {
        var kind = RequestText.OneOf(request.Kind, "kind", Kinds);
        if (request is { Ports: not null, Flows: not null }) throw new BadRequestException("'ports' and 'flows' exclude each other; keep one");
        if (kind == ProbeKind.Icmp && (request.Ports is not null || request.TargetPort is not null)) throw new BadRequestException("icmp has no ports; leave 'ports' and 'target_port' out");
        var flows = Checked("flows", request.Flows ?? (request.Trace ? DefaultTracedFlows : 1), 1, TestOrder.MaxSourcePorts);
        var ports = request.Ports ?? [.. Enumerable.Repeat(0, flows)];
        return new TestOrder
        {
            Id = id,
            Host = pair.From.Name,
            Test = request.Trace ? TestKind.Trace : TestKind.Ping,
            Protocol = kind,
            Target = pair.Address,
            Port = kind == ProbeKind.Icmp ? 0 : Checked("target_port", request.TargetPort ?? Ports.Responder, 1, ushort.MaxValue),
            SourcePorts = ports,
            Count = request.Count ?? (request.Trace ? DefaultTries : ports.Count > 1 ? 1 : DefaultCount),
            Dscp = (byte)Checked("dscp", request.Dscp, 0, 63),
            PayloadBytes = Checked("payload", request.Payload, 0, HardLimits.MaxPayloadBytes),
            Timeout = TimeSpan.FromMilliseconds(Checked("timeout_ms", request.TimeoutMs, 1, (int)OnDemandLimits.MaxTimeout.TotalMilliseconds)),
            By = by,
        };
    }

    private static readonly Dictionary<string, ProbeKind> Kinds =
        new[] { ProbeKind.Tcp, ProbeKind.TcpPayload, ProbeKind.Icmp, ProbeKind.Udp }.ToDictionary(kind => kind.Name());

    private static int Checked(string name, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new BadRequestException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is {value}; it goes from {least} to {most}"));

    private static string Describe(TestRequest request, List<TestOrder> orders, string id)
    {
        var first = orders[0];
        var what = string.Create(CultureInfo.InvariantCulture, $"{first.Test.Name()} {first.Protocol.Name()} from {request.From} to {request.To}");
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {orders.Count} pairs, {first.SourcePorts.Count} flows, count {first.Count}, port {first.Port}, dscp {first.Dscp}, payload {first.PayloadBytes}; test {id}");
    }

    private static OperatorTest? TryRead(Document document)
    {
        try
        {
            return OperatorTest.Of(document);
        }
        catch (FormatException)
        {
            // Of a newer server, which knows more kinds.
            return null;
        }
    }

    private async Task CheckLimitsAsync(Actor who, int wanted, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var lately = (await store.ReadAsync(OperatorTest.Kind, now - Minute, now + Minute, OrdersPerMinute, cancel).ConfigureAwait(false)).Select(TryRead).OfType<OperatorTest>().ToList();
        var orders = lately.Sum(test => test.Orders.Count);
        if (orders + wanted > OrdersPerMinute)
        {
            var oldest = lately.Min(test => test.At);
            throw new TooManyTestsException($"{orders} orders were placed within the last minute, and {OrdersPerMinute} are allowed", oldest + Minute - now);
        }

        var running = 0;
        foreach (var test in lately.Where(test => test.By == who.Name && !test.IsOver(now)))
        {
            if ((await ReportsAsync(test, cancel).ConfigureAwait(false)).Any(report => report is null)) running++;
        }

        if (running >= RunningPerUser) throw new TooManyTestsException($"{running} tests of '{who.Name}' are running, and {RunningPerUser} are allowed", RunningWait);
    }

    private async Task<IReadOnlyList<TestReport?>> ReportsAsync(OperatorTest test, CancellationToken cancel)
    {
        var reports = new List<TestReport?>();
        foreach (var order in test.Orders) reports.Add(await board.FindReportAsync(order.Id, cancel).ConfigureAwait(false));
        return reports;
    }
}
