using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.UnitTests.Alerts;

public class DeadManSignalTests
{
    [Fact]
    public async Task Signal_stops_when_the_analysis_stops_and_comes_again_with_it()
    {
        var (alive, sent) = (true, 0);
        await using var lane = new EmptyLane();
        await using var signal = new DeadManSignal(
            lane, TimeSpan.FromMilliseconds(5), _ => Task.FromResult(Interlocked.Increment(ref sent) == 1 ? DeliveryResult.Failed("away") : DeliveryResult.Delivered()), () => Volatile.Read(ref alive), TimeProvider.System, NullLogger.Instance);
        await UntilAsync(() => lane.Counts.Signals >= 2);
        Assert.Equal(1, lane.Counts.FailedSignals);
        Volatile.Write(ref alive, false);

        // One may be on its way.
        await Task.Delay(100);
        var before = Volatile.Read(ref sent);
        await Task.Delay(200);
        Assert.Equal(before, Volatile.Read(ref sent));
        Volatile.Write(ref alive, true);
        await UntilAsync(() => Volatile.Read(ref sent) > before);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2_000 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }

    private sealed class EmptyLane : ILane
    {
        public string Name => "chat";

        public DeliveryCounts Counts { get; } = new();

        public int Queued => 0;

        public void Offer(Server.Alerts.AlertPicture picture)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
