using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.UnitTests.Agent;
using Pingmesh.UnitTests.Analysis;

namespace Pingmesh.UnitTests.Alerts;

public sealed class MessageLaneTests : IDisposable
{
    private static readonly ReceiverSettings Settings = new() { Name = "chat", Kind = ReceiverKind.Webhook, Group = new GroupSettings { Wait = TimeSpan.Zero } };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Alert_is_told_once_and_its_end_once()
    {
        var delivery = new ScriptedDelivery();
        await using var lane = Open(delivery);
        for (var i = 0; i < 5; i++) lane.Offer(Samples.Picture(Samples.Now, Samples.Alert()));
        await UntilAsync(() => delivery.Attempts.Count == 1 && lane.Queued == 0);
        lane.Offer(Samples.Picture(Samples.Now, Samples.Alert()));
        for (var i = 0; i < 5; i++) lane.Offer(Samples.Picture(Samples.Now));
        await UntilAsync(() => lane.Counts.Delivered == 2 && lane.Queued == 0);
        lane.Offer(Samples.Picture(Samples.Now));
        Assert.Equal(["one:Firing", "one:Resolved"], delivery.Attempts);
    }

    [Fact]
    public async Task Nothing_is_told_twice_over_a_restart_and_an_end_meanwhile_is_told()
    {
        var before = new ScriptedDelivery();
        await using (var lane = Open(before))
        {
            lane.Offer(Samples.Picture(Samples.Now, Samples.Alert("one"), Samples.Alert("two")));
            await UntilAsync(() => lane.Queued == 0 && before.Attempts.Count == 1);
        }

        var after = new ScriptedDelivery();
        await using var again = Open(after);
        again.Offer(Samples.Picture(Samples.Now, Samples.Alert("one"), Samples.Alert("three")));
        await UntilAsync(() => again.Queued == 0 && after.Attempts.Count == 1);
        Assert.Equal(["three:Firing two:Resolved"], after.Attempts);
    }

    [Fact]
    public async Task Failed_message_is_tried_again_before_the_next_one()
    {
        var delivery = new ScriptedDelivery { OneByOne = true }.Answers(DeliveryResult.Failed("busy"), DeliveryResult.Failed("busy", TimeSpan.FromMilliseconds(5)));
        await using var lane = Open(delivery);
        lane.Offer(Samples.Picture(Samples.Now, Samples.Alert("one"), Samples.Alert("two", AlertSeverity.Warning), Samples.Alert("three", AlertSeverity.Info)));
        await UntilAsync(() => lane.Queued == 0);
        Assert.Equal(["one:Firing", "one:Firing", "one:Firing", "two:Firing", "three:Firing"], delivery.Attempts);
        Assert.Equal((3, 2, 0), (lane.Counts.Delivered, lane.Counts.Failed, lane.Counts.Refused));
    }

    [Fact]
    public async Task Refused_message_is_not_tried_again()
    {
        var delivery = new ScriptedDelivery().Answers(DeliveryResult.Refused("HTTP 400"));
        await using var lane = Open(delivery);
        lane.Offer(Samples.Picture(Samples.Now, Samples.Alert()));
        await UntilAsync(() => lane.Counts.Refused == 1 && lane.Queued == 0);
        lane.Offer(Samples.Picture(Samples.Now, Samples.Alert()));
        Assert.Single(delivery.Attempts);
    }

    [Fact]
    public async Task Full_queue_puts_off_and_loses_nothing()
    {
        var gate = new TaskCompletionSource();
        var delivery = new ScriptedDelivery { OneByOne = true, Gate = gate.Task };
        await using var lane = Open(delivery, Settings with { QueueLength = 2 });
        var picture = Samples.Picture(Samples.Now, [.. Enumerable.Range(0, 5).Select(i => Samples.Alert($"{i}"))]);
        lane.Offer(picture);
        Assert.Equal(2, lane.Queued);
        gate.SetResult();
        await UntilAsync(() =>
        {
            lane.Offer(picture);
            return lane.Queued == 0 && delivery.Attempts.Count >= 5;
        });
        Assert.Equal(5, delivery.Attempts.Distinct().Count());
        Assert.Equal(5, delivery.Attempts.Count);
    }

    [Fact]
    public async Task Message_waits_for_its_group_and_holds_it()
    {
        var delivery = new ScriptedDelivery();
        await using var lane = Open(delivery, Settings with { Group = new GroupSettings { Wait = TimeSpan.FromSeconds(5) } });
        lane.Offer(Samples.Picture(Samples.Now, Samples.Alert("one")));
        lane.Offer(Samples.Picture(Samples.Now + TimeSpan.FromSeconds(3), Samples.Alert("one"), Samples.Alert("two"), Samples.Alert("far", dc: "dc2")));
        Assert.Equal(0, lane.Queued);
        lane.Offer(Samples.Picture(Samples.Now + TimeSpan.FromSeconds(5), Samples.Alert("one"), Samples.Alert("two"), Samples.Alert("far", dc: "dc2")));
        await UntilAsync(() => delivery.Attempts.Count == 1);
        Assert.Equal("one:Firing two:Firing", delivery.Attempts[0]);

        // What ends before its message was due is not told at all.
        lane.Offer(Samples.Picture(Samples.Now + TimeSpan.FromSeconds(6), Samples.Alert("one"), Samples.Alert("two")));
        lane.Offer(Samples.Picture(Samples.Now + TimeSpan.FromSeconds(20), Samples.Alert("one"), Samples.Alert("two")));
        await UntilAsync(() => lane.Queued == 0);
        Assert.Single(delivery.Attempts);
    }

    [Fact]
    public async Task Receiver_is_told_only_what_it_asks_for_and_again_after_its_time()
    {
        var delivery = new ScriptedDelivery();
        var filter = new AlertFilter { Severities = [AlertSeverity.Critical], Scopes = ["dc1"] };
        await using var lane = Open(delivery, Settings with { Filter = filter, SendResolved = false, Group = new GroupSettings { Wait = TimeSpan.Zero, Repeat = TimeSpan.FromMinutes(1) } });
        var firing = new[] { Samples.Alert("one"), Samples.Alert("mild", AlertSeverity.Info), Samples.Alert("far", dc: "dc2") };
        lane.Offer(Samples.Picture(DateTimeOffset.UtcNow, firing));
        await UntilAsync(() => delivery.Attempts.Count == 1 && lane.Queued == 0);
        lane.Offer(Samples.Picture(DateTimeOffset.UtcNow + TimeSpan.FromMinutes(2), firing));
        await UntilAsync(() => delivery.Attempts.Count == 2 && lane.Queued == 0);
        lane.Offer(Samples.Picture(DateTimeOffset.UtcNow));
        await UntilAsync(() => lane.Queued == 0);
        Assert.Equal(["one:Firing", "one:Firing"], delivery.Attempts);
    }

    [Fact]
    public async Task Slow_receiver_delays_no_other()
    {
        var stuck = new ScriptedDelivery { Gate = new TaskCompletionSource().Task };
        var quick = new ScriptedDelivery();
        var state = SentState.Open(folder.File("alerts.json"));
        await using var one = Open(stuck, Settings with { Name = "slow" }, state);
        await using var other = Open(quick, Settings, state);
        foreach (var lane in new[] { one, other }) lane.Offer(Samples.Picture(Samples.Now, Samples.Alert()));
        await UntilAsync(() => quick.Attempts.Count == 1);
        Assert.Equal(1, one.Queued);
    }

    [Fact]
    public void State_file_that_holds_something_else_is_refused_with_the_remedy()
    {
        File.WriteAllText(folder.File("alerts.json"), "{ no json");
        Assert.Contains("remove it, and alerts that hold are sent once more", Assert.Throws<IOException>(() => SentState.Open(folder.File("alerts.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pauses_double_with_jitter_up_to_a_bound()
    {
        var backOff = new BackOff(new Random(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        for (var i = 0; i < 30; i++)
        {
            var expected = Math.Min(60, Math.Pow(2, i));
            Assert.InRange(backOff.Next(null).TotalSeconds, expected * 0.5, expected * 1.5);
        }

        backOff.Reset();
        Assert.Equal(TimeSpan.FromSeconds(30), backOff.Next(TimeSpan.FromSeconds(30)));
    }

    private MessageLane Open(ScriptedDelivery delivery, ReceiverSettings? settings = null, SentState? state = null) => new(
        settings ?? Settings, delivery, state ?? SentState.Open(folder.File("alerts.json")), () => TestMesh.Topology,
        new BackOff(new Random(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10)), TimeProvider.System, NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "not so after 20 s");
            await Task.Delay(5);
        }
    }
}
