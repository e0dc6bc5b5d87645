using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent.OnDemand;
using Pingmesh.Core.OnDemand;

namespace Pingmesh.UnitTests.Agent;

public sealed class OrderFollowerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly VirtualTime time = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> done = new();
    private readonly ConcurrentQueue<string> reported = new();
    private volatile IReadOnlyList<string> ordered = [];
    private volatile bool isTaken = true;
    private int fetches;

    public void Dispose() => stop.Dispose();

    [Fact]
    public async Task Orders_are_done_once_in_their_order_and_reported_again_until_the_report_is_taken()
    {
        using var follower = Follower();
        var running = follower.RunAsync(stop.Token);
        ordered = ["a", "b"];
        Assert.Equal(0, fetches);
        isTaken = false;
        follower.Notify();
        await Until(() => reported.Count == 1);
        isTaken = true;

        // The server still lists what is done: it is not done again.
        await Until(() => done.Count == 2 && Volatile.Read(ref fetches) > 2);
        ordered = ["a", "b", "c"];
        await Until(() => reported.Count == 4);
        Assert.Equal(["a", "b", "c"], done);
        Assert.Equal(["a", "a", "b", "c"], reported);
        await StopAsync(running);
    }

    [Fact]
    public async Task Agent_asks_for_a_minute_after_the_last_order_and_then_only_when_it_is_told()
    {
        using var follower = Follower();
        var running = follower.RunAsync(stop.Token);
        ordered = ["a"];
        follower.Notify();
        await Until(() => done.Count == 1);
        ordered = [];
        time.Advance(TimeSpan.FromSeconds(61));
        var asked = -1;
        await Until(() => Interlocked.Exchange(ref asked, Volatile.Read(ref fetches)) == Volatile.Read(ref fetches));
        ordered = ["b"];
        follower.Notify();
        await Until(() => done.Count == 2);
        await StopAsync(running);
    }

    [Fact]
    public async Task Agent_that_stops_says_so_of_the_order_it_is_at()
    {
        TestReport? last = null;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var follower = new OrderFollower(
            (_, _) => Task.FromResult(new OrderFetch([Order("a")])),
            (report, _) =>
            {
                last = report;
                return Task.FromResult(new ReportResult(IsDone: true));
            },
            (order, cancel) =>
            {
                begun.TrySetResult();
                cancel.WaitHandle.WaitOne(Patience);
                return new TestReport(order.Id, default, [], [], OrderRunner.Stopping);
            },
            time,
            NullLogger.Instance);
        var running = follower.RunAsync(stop.Token);
        follower.Notify();
        await begun.Task.WaitAsync(Patience);
        await StopAsync(running);
        Assert.Equal(OrderRunner.Stopping, last?.Problem);
    }

    private static TestOrder Order(string id) => new() { Id = id, Host = "h", Test = TestKind.Ping, Target = IPAddress.Loopback, Port = 1, SourcePorts = [0], By = "somebody" };

    private OrderFollower Follower() => new(
        async (_, cancel) =>
        {
            Interlocked.Increment(ref fetches);
            await Task.Delay(10, cancel);
            return new OrderFetch([.. ordered.Select(Order)]);
        },
        (report, _) =>
        {
            reported.Enqueue(report.Order);
            return Task.FromResult(new ReportResult(isTaken, isTaken ? null : "HTTP 503"));
        },
        (order, _) =>
        {
            done.Enqueue(order.Id);
            return new TestReport(order.Id, default, [], [], null);
        },
        time,
        NullLogger.Instance);

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
    }

    // Pauses of the follower pass as the clock is moved on; little by little, so that its minute does not end.
    private async Task Until(Func<bool> condition)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, $"fetches {fetches}, done {string.Join(' ', done)}, reported {string.Join(' ', reported)}");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10);
        }
    }
}
