using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Selections;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.Api;
using Pingmesh.Server.OnDemand;
using Pingmesh.Store.Sqlite;
using Pingmesh.UnitTests.Analysis;
using Pingmesh.UnitTests.Store;

namespace Pingmesh.UnitTests.Server;

/// <summary>What operators may ask for; hosts are h1 to h16, two a pod.</summary>
public sealed class OperatorTestsTests : IAsyncDisposable
{
    private static readonly Actor Ann = new("ann", "operator", "10.9.9.9");

    private readonly TemporaryFolder folder = new();
    private readonly VirtualTime time = new();
    private readonly SqliteStore store;
    private readonly OrderBoard board;
    private readonly AuditLog audit;
    private readonly OperatorTests tests;

    public OperatorTestsTests()
    {
        store = SqliteStore.Open(folder.File("store.db"), TimeProvider.System);
        board = new OrderBoard(store.Documents, isShared: false, time, NullLogger<OrderBoard>.Instance);
        audit = new AuditLog(store.Documents, time);
        var services = new ServiceMap(TestMesh.Topology, [new ServiceRule("shop", host => host.Index == 0)]);
        tests = new OperatorTests(board, store.Documents, audit, () => services, host => host.Name == "h16", time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await board.DisposeAsync();
        tests.Dispose();
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Test_is_ordered_remembered_and_told_with_its_reports()
    {
        var test = await StartAsync(new TestRequest("h1", "h2") { Ports = [40_000, 40_001], Dscp = 46 });
        var order = Assert.Single(await board.TakeAsync("h1", TimeSpan.Zero, Cancellation));
        Assert.Equal(("h1", TestMesh.Address(2), 58_100, 46, 1, "ann"), (order.Host, order.Target, order.Port, order.Dscp, order.Count, order.By));
        Assert.Equal([40_000, 40_001], order.SourcePorts);
        Assert.Null(Assert.Single((await tests.FindAsync(test.Id, Cancellation))!.Value.Reports));
        await board.ReportAsync("h1", Orders.Report(order.Id, 2), Cancellation);
        var (found, reports) = (await tests.FindAsync(test.Id, Cancellation))!.Value;
        Assert.Equal(2, Assert.Single(reports)!.Probes.Count);
        Assert.Equal(("h1", "h2", "ann", "h2"), (found.From, found.To, found.By, Assert.Single(found.Targets)));
        Assert.Equal(test.Id, Assert.Single(await tests.RecentAsync(10, Cancellation)).Id);
        Assert.Null(await tests.FindAsync("none", Cancellation));

        var entry = Assert.Single(await audit.ReadAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1), 10, Cancellation));
        Assert.Equal((Ann, "test"), (entry.Who, entry.Action));
        Assert.Contains("ping tcp from h1 to h2: 1 pairs, 2 flows, count 1, port 58100, dscp 46", entry.Detail, StringComparison.Ordinal);
        Assert.Contains(test.Id, entry.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_are_tested_by_a_few_hosts_spread_over_them_and_addresses_by_that_address()
    {
        Assert.Equal(["h1", "h5", "h9", "h13"], (await StartAsync(new TestRequest("h16+h2", "all"))).Targets.Distinct());
        Assert.Equal(16, (await StartAsync(new TestRequest("dc1", "dc2/ps1") { Hosts = 16 })).Orders.Count);
        Assert.Equal(["h1", "h3", "h5", "h7"], (await StartAsync(new TestRequest("h9", "service:shop") { Hosts = 8 })).Targets.Take(4));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("2001:db8::3", Assert.Single((await StartAsync(new TestRequest("h1", "2001:db8::3"))).Orders).Target.ToString());
        Assert.Equal(["h2"], (await StartAsync(new TestRequest("h1", "dc1/ps1/pod1"))).Targets);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_the_reason()
    {
        foreach (var (request, message) in new[]
        {
            (new TestRequest("h1", "h1"), "does not test itself"), (new TestRequest("h1", "10.9.9.9"), "of no host of the topology"), (new TestRequest("h1", "h16"), "'h16' is paused"),
            (new TestRequest("h1", "h2") { Kind = "ntp" }, "'kind' is 'ntp'"), (new TestRequest("h1", "h2") { Kind = "icmp", Trace = true }, "use tcp or udp"), (new TestRequest("h1", "h2") { Dscp = 64 }, "'dscp' is 64"),
            (new TestRequest("h1", "h2") { Ports = [1], Flows = 2 }, "keep one"), (new TestRequest("h1", "h2") { Kind = "icmp", TargetPort = 80 }, "no ports"),
            (new TestRequest("h1", "h2") { Count = 0 }, "count 0"), (new TestRequest("h1", "h2") { Hosts = 17 }, "'hosts' is 17"), (new TestRequest("h1", "h2 ") { Hosts = 1 }, "'to'"),
        })
        {
            var refused = await Assert.ThrowsAsync<BadRequestException>(() => StartAsync(request));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        }

        Assert.Contains("services are shop", (await Assert.ThrowsAsync<UnknownSubjectException>(() => StartAsync(new TestRequest("h1", "service:none")))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnknownSubjectException>(() => StartAsync(new TestRequest("nobody", "h1")));
        Assert.Empty(await audit.ReadAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1), 10, Cancellation));
        Assert.Empty(await tests.RecentAsync(10, Cancellation));
    }

    [Fact]
    public async Task User_has_at_most_four_tests_running()
    {
        for (var i = 0; i < 4; i++) await StartAsync(new TestRequest("h1", "h2"));
        Assert.Contains("4 tests of 'ann' are running", (await Assert.ThrowsAsync<TooManyTestsException>(() => StartAsync(new TestRequest("h1", "h2")))).Message, StringComparison.Ordinal);

        // Another user may; and so may the first when one is done.
        await tests.StartAsync(new TestRequest("h1", "h2"), new Actor("bob", "operator", ""), Cancellation);
        var order = (await board.TakeAsync("h1", TimeSpan.Zero, Cancellation))[0];
        await board.ReportAsync("h1", Orders.Report(order.Id), Cancellation);
        await StartAsync(new TestRequest("h1", "h2"));
    }

    [Fact]
    public async Task All_users_together_place_at_most_a_hundred_orders_a_minute()
    {
        for (var i = 0; i < 6; i++) await tests.StartAsync(new TestRequest("dc1", "dc2") { Hosts = 4 }, new Actor($"user{i}", "operator", ""), Cancellation);
        time.Advance(TimeSpan.FromSeconds(20));
        var refused = await Assert.ThrowsAsync<TooManyTestsException>(() => StartAsync(new TestRequest("dc1", "dc2") { Hosts = 4 }));
        Assert.Contains("96 orders", refused.Message, StringComparison.Ordinal);
        Assert.Equal(40, refused.Wait.TotalSeconds);
        await StartAsync(new TestRequest("h1", "h2"));
        time.Advance(refused.Wait + TimeSpan.FromSeconds(1));
        await StartAsync(new TestRequest("dc1", "dc2") { Hosts = 4 });
    }

    private Task<OperatorTest> StartAsync(TestRequest request) => tests.StartAsync(request, Ann, Cancellation);
}
