using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Agent.PinglistSync;
using Pingmesh.Core.Pinglists;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

public sealed class PinglistFollowerTests : IDisposable
{
    private static readonly PinglistFetch Unreachable = new(PinglistFetchKind.Failed, Problem: "connection refused");
    private static readonly PinglistFetch NotModified = new(PinglistFetchKind.NotModified);
    private static readonly PinglistFetch NoList = new(PinglistFetchKind.None, Problem: "no pinglist for host 'h'");
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly VirtualTime time = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<string?> asked = [];
    private readonly List<DateTimeOffset> askedAt = [];
    private readonly List<Pinglist?> adopted = [];
    private readonly PinglistFollower follower;
    private PinglistFetch answer = Unreachable;
    private Task? running;

    public PinglistFollowerTests() =>
        follower = new PinglistFollower(Fetch, Adopt, Interval, time, new Random(1), NullLogger.Instance);

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    [Fact]
    public void Follower_adopts_a_list_and_keeps_it_while_it_is_not_modified()
    {
        Assert.NotNull(follower.Problem);
        var list = Of(Group(3));
        Contact(Changed(list, "\"1\""));
        Assert.Null(follower.Problem);
        Contact(NotModified);
        Contact(NotModified);
        Assert.Equal([list], adopted);
        Assert.Equal([null, "\"1\"", "\"1\""], asked);
        var other = Of(Group(4));
        Contact(Changed(other, "\"2\""));
        Contact(NotModified);
        Assert.Equal([list, other], adopted);
        Assert.Equal("\"2\"", asked[^1]);
    }

    [Fact]
    public void Three_failures_in_a_row_drop_all_peers_once_and_two_do_not()
    {
        Contact(Changed(Of(Group(3)), "\"1\""));
        Contact(Unreachable);
        Contact(Unreachable);
        Assert.Single(adopted);
        Assert.Equal((2, null), (follower.Failures, follower.Problem));
        Contact(NotModified);
        Assert.Equal(0, follower.Failures);
        Contact(Unreachable);
        Contact(Unreachable);
        Assert.Single(adopted);
        Contact(Unreachable);
        Assert.Null(adopted[1]);
        Assert.Contains("3 times in a row: connection refused", follower.Problem!, StringComparison.Ordinal);
        Contact(Unreachable);
        Contact(Unreachable);
        Assert.Equal(2, adopted.Count);
    }

    [Fact]
    public void Controller_without_a_list_drops_all_peers_at_once()
    {
        Contact(Changed(Of(Group(3)), "\"1\""));
        Contact(NoList);
        Assert.Null(adopted[1]);
        Assert.Equal((0, NoList.Problem), (follower.Failures, follower.Problem));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recovery_asks_without_an_etag_and_brings_the_list_back(bool byFailures)
    {
        var list = Of(Group(3));
        Contact(Changed(list, "\"1\""));
        for (var i = 0; i < 3; i++) Contact(byFailures ? Unreachable : NoList);
        Contact(Changed(list, "\"1\""));
        Assert.Null(asked[^1]);
        Assert.Equal([list, null, list], adopted);
        Assert.Equal((0, null), (follower.Failures, follower.Problem));
        Contact(NotModified);
        Assert.Equal("\"1\"", asked[^1]);
    }

    [Fact]
    public void List_that_is_refused_counts_as_a_failure_and_leaves_the_old_one_in_force()
    {
        var good = Of(Group(3));
        var bad = Of(Group(3, 1));
        Contact(Changed(good, "\"1\""));
        Contact(Changed(bad, "\"2\""));
        Contact(Changed(bad, "\"2\""));
        Assert.Equal([good], adopted);
        Assert.Equal([null, "\"1\"", "\"1\""], asked);
        Assert.Equal((2, null), (follower.Failures, follower.Problem));
        Contact(Changed(bad, "\"2\""));
        Assert.Null(adopted[1]);
        Assert.Contains("not this one", follower.Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void Follower_asks_again_soon_until_the_first_answer_then_at_its_interval()
    {
        for (var i = 0; i < 7; i++) Contact(Unreachable);
        Contact(Changed(Of(Group(1)), "\"1\""));
        for (var i = 0; i < 3; i++) Contact(Unreachable);
        var waits = askedAt.Zip(askedAt.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        double[] expected = [1, 2, 4, 8, 16, 30, 30, 30, 30, 30];
        Assert.Equal(expected.Length, waits.Count);
        Assert.All(waits.Zip(expected), pair => Assert.InRange(pair.First, 0.9 * pair.Second, (1.1 * pair.Second) + 0.1));
        Assert.Null(adopted.SingleOrDefault(list => list is null));
    }

    [Fact]
    public async Task Follower_ends_quietly_when_cancelled_while_it_waits_and_while_it_asks()
    {
        Contact(NotModified);
        await stop.CancelAsync();
        await running!.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        using var second = new CancellationTokenSource();
        var asking = new PinglistFollower(
            async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return Unreachable;
            },
            Adopt, Interval, time, new Random(1), NullLogger.Instance).RunAsync(second.Token);
        await second.CancelAsync();
        await asking.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    private static PinglistFetch Changed(Pinglist list, string etag) => new(PinglistFetchKind.Changed, list, etag);

    /// <summary>Lets the follower make its next contact, which gets this answer.</summary>
    private void Contact(PinglistFetch with)
    {
        answer = with;
        var before = asked.Count;

        // Everything runs on this thread: the scripted controller answers at once, timers fire in Advance, and without
        // the test framework's context what awaits them goes on at once.
        SynchronizationContext.SetSynchronizationContext(null);
        running ??= follower.RunAsync(stop.Token);
        for (var i = 0; i < 400 && asked.Count == before; i++) time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(before + 1, asked.Count);
    }

    private Task<PinglistFetch> Fetch(string? etag, CancellationToken cancel)
    {
        asked.Add(etag);
        askedAt.Add(time.GetUtcNow());
        return Task.FromResult(answer);
    }

    private void Adopt(Pinglist? pinglist)
    {
        if (pinglist?.Groups[0].IntervalMs < 10_000) throw new FormatException("not this one");
        adopted.Add(pinglist);
    }
}
