using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Server.OnDemand;
using Pingmesh.Store;
using Pingmesh.Store.Sqlite;
using Pingmesh.UnitTests.Store;
using static Pingmesh.UnitTests.Server.Orders;

namespace Pingmesh.UnitTests.Server;

public sealed class OrderBoardTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    private readonly TemporaryFolder folder = new();
    private readonly SqliteStore store;
    private readonly VirtualTime time = new();

    public OrderBoardTests() => store = SqliteStore.Open(folder.File("store.db"), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Order_waits_for_its_own_host_until_it_is_reported()
    {
        await using var board = Board();
        Assert.False(board.HasOrders("h1"));
        await board.PlaceAsync([Ping("a"), Ping("b", "h2")], Cancellation);
        Assert.True(board.HasOrders("h1"));
        Assert.Equal(["a"], await IdsAsync(board, "h1"));
        Assert.Equal(["a"], await IdsAsync(board, "h1"));
        Assert.Empty(await IdsAsync(board, "h3"));
        Assert.Null(await board.FindReportAsync("a", Cancellation));

        Assert.Null(await board.ReportAsync("h1", Report("a"), Cancellation));
        Assert.False(board.HasOrders("h1"));
        Assert.True(board.HasOrders("h2"));
        Assert.Equal(123_000, Assert.Single((await board.FindReportAsync("a", Cancellation))!.Probes).RttNanoseconds);

        // Sent again, as after an answer that was lost, it changes nothing.
        Assert.Null(await board.ReportAsync("h1", Report("a", problem: "another"), Cancellation));
        Assert.Null((await board.FindReportAsync("a", Cancellation))!.Problem);
    }

    [Fact]
    public async Task Order_is_over_after_its_time_and_so_is_its_report_a_little_later()
    {
        await using var board = Board();
        await board.PlaceAsync([Ping("a"), Ping("b")], Cancellation);
        time.Advance(OnDemandLimits.OrderLifetime + TimeSpan.FromSeconds(1));
        Assert.False(board.HasOrders("h1"));
        Assert.Empty(await IdsAsync(board, "h1"));
        Assert.Null(await board.ReportAsync("h1", Report("a"), Cancellation));
        time.Advance(OnDemandLimits.OrderLifetime);
        Assert.Contains("its time is over", await board.ReportAsync("h1", Report("b"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_is_refused_of_another_host_of_an_unknown_order_and_of_what_was_not_ordered()
    {
        await using var board = Board();
        await board.PlaceAsync([Ping("a")], Cancellation);
        Assert.Contains("no order 'a' for 'h2'", await board.ReportAsync("h2", Report("a"), Cancellation), StringComparison.Ordinal);
        Assert.Contains("no order 'x'", await board.ReportAsync("h1", Report("x"), Cancellation), StringComparison.Ordinal);
        Assert.Contains("more than were ordered", await board.ReportAsync("h1", Report("a", probes: 2), Cancellation), StringComparison.Ordinal);
        Assert.Contains("control character", await board.ReportAsync("h1", Report("a", problem: "a\u0007"), Cancellation), StringComparison.Ordinal);
        var bad = Report("a") with { Probes = [new TestedProbe(70_000, ProbeError.None, 0, LossDirection.Unknown, 1)] };
        Assert.Contains("out of range", await board.ReportAsync("h1", bad, Cancellation), StringComparison.Ordinal);
        Assert.Contains("a trace has flows", await board.ReportAsync("h1", Report("a") with { Flows = [new TracedFlow(1, true, [])] }, Cancellation), StringComparison.Ordinal);
        Assert.True(board.HasOrders("h1"));
    }

    [Fact]
    public async Task Agent_that_waits_gets_an_order_as_soon_as_it_is_placed_or_nothing_after_its_wait()
    {
        await using var board = Board();
        var waiting = board.TakeAsync("h1", TimeSpan.FromSeconds(5), Cancellation);
        await board.PlaceAsync([Ping("other", "h2")], Cancellation);
        await board.PlaceAsync([Ping("a")], Cancellation);
        Assert.Equal("a", Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).Id);

        var idle = board.TakeAsync("h3", TimeSpan.FromSeconds(5), Cancellation);
        Assert.False(idle.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await idle.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    [Fact]
    public async Task Runner_waits_for_the_report_and_withdraws_the_order_when_none_comes_in_time()
    {
        await using var board = Board();
        var answered = board.RunAsync(Ping("a"), Cancellation);
        Assert.Null(await board.ReportAsync("h1", Report("a"), Cancellation));
        Assert.Equal("a", (await answered)!.Order);

        var silent = board.RunAsync(Ping("b"), Cancellation);
        Assert.True(board.HasOrders("h1"));
        time.Advance(board.Patience);
        Assert.Null(await silent.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.False(board.HasOrders("h1"));
    }

    [Fact]
    public async Task Order_that_makes_no_sense_or_comes_twice_or_is_one_too_many_is_refused()
    {
        await using var board = Board();
        await board.PlaceAsync([Ping("a")], Cancellation);
        foreach (var (order, message) in new[]
        {
            (Ping("a"), "an order 'a' already"), (Ping("b", port: 0), "port 0"), (Ping("b") with { Count = 21 }, "count 21"), (Ping("b", "h1", 1, 7, 7), "twice"),
            (Ping("b") with { Target = IPAddress.Parse("224.0.0.1") }, "no single host"), (Ping("b") with { Protocol = ProbeKind.Http }, "use tcp, tcp-payload, icmp or udp"),
            (Ping("b") with { Test = TestKind.Trace, Protocol = ProbeKind.Icmp }, "use tcp or udp"), (Ping("b") with { SourcePorts = [] }, "0 source ports"),
            (Ping("b") with { Timeout = TimeSpan.FromMinutes(1) }, "time-out of 60 s"),
            (Ping("b") with { Protocol = ProbeKind.TcpPayload, PayloadBytes = 65_536, SourcePorts = new int[64] }, "fewer flows"),
            (Ping("b") with { Test = TestKind.Trace, SourcePorts = new int[64], Count = 2 }, "fewer flows"),
        })
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => board.PlaceAsync([order], Cancellation));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        }

        await board.PlaceAsync([.. Enumerable.Range(1, OnDemandLimits.OrdersPerHost - 1).Select(i => Ping($"n{i}"))], Cancellation);
        Assert.Contains("would wait for 'h1'", (await Assert.ThrowsAsync<ArgumentException>(() => board.PlaceAsync([Ping("z")], Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_share_a_store_hand_orders_and_reports_to_each_other()
    {
        await using var one = new OrderBoard(store.Documents, isShared: true, TimeProvider.System, NullLogger<OrderBoard>.Instance) { Patience = TimeSpan.FromSeconds(50) };
        await using var other = new OrderBoard(store.Documents, isShared: true, TimeProvider.System, NullLogger<OrderBoard>.Instance);
        var running = one.RunAsync(Ping("a"), Cancellation);

        // The agent asks the one that was not told, which waits until it sees what the other wrote.
        Assert.Equal("a", Assert.Single(await other.TakeAsync("h1", TimeSpan.FromSeconds(50), Cancellation)).Id);
        Assert.Null(await other.ReportAsync("h1", Report("a"), Cancellation));
        Assert.Equal(Report("a").Probes, (await running)!.Probes);
        Assert.NotNull(await one.FindReportAsync("a", Cancellation));
    }

    [Fact]
    public async Task Orders_of_the_last_minute_are_there_after_a_restart()
    {
        await using (var board = Board()) await board.PlaceAsync([Ping("a")], Cancellation);
        await using var again = Board();
        Assert.Equal(["a"], (await again.TakeAsync("h1", TimeSpan.FromMinutes(1), Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).Select(order => order.Id));
        Assert.Null(await again.ReportAsync("h1", Report("a"), Cancellation));
    }

    [Fact]
    public async Task Order_that_the_store_does_not_take_is_not_placed()
    {
        var board = Board();
        await board.DisposeAsync();
        store.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => board.PlaceAsync([Ping("a")], Cancellation));
        Assert.False(board.HasOrders("h1"));
    }

    [Fact]
    public void Orders_and_reports_come_back_from_json_as_they_were()
    {
        var order = Ping("a", "h1", 7, 40_000, 0) with { Source = IPAddress.Parse("2001:db8::1"), Dscp = 46, Timeout = TimeSpan.FromMilliseconds(1_500), Protocol = ProbeKind.TcpPayload };
        Assert.Equal(TestJson.Write(order), TestJson.Write(Assert.Single(TestJson.ReadOrders(TestJson.Write([order])))));
        Assert.Equal(order.Source, TestJson.ReadOrder(TestJson.Write(order)).Source);
        var report = new TestReport("t", DateTimeOffset.UnixEpoch, [], [new TracedFlow(7, false, [new TracedHop(1, 3, 2, [IPAddress.Loopback], 5)])], "why");
        Assert.Equal(TestJson.Write(report), TestJson.Write(TestJson.ReadReport(TestJson.Write(report))));
        foreach (var wrong in new[] { "", "null", "{}", "[]", "{\"order\":\"a\",\"at\":\"2026-01-01T00:00:00Z\",\"probes\":[null],\"flows\":[],\"problem\":null}", "{\"order\":null}" })
            Assert.Throws<FormatException>(() => TestJson.ReadReport(System.Text.Encoding.UTF8.GetBytes(wrong)));
    }

    private static async Task<IEnumerable<string>> IdsAsync(OrderBoard board, string host) => (await board.TakeAsync(host, AtOnce, Cancellation)).Select(order => order.Id);

    private OrderBoard Board() => new(store.Documents, isShared: false, time, NullLogger<OrderBoard>.Instance);
}
