using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Server.Alerts.Delivery;

namespace Pingmesh.UnitTests.Alerts;

public class DeadManSignalTests
{
    [Fact]
    public async Task Signal_stops_when_the_analysis_stops_and_comes_again_with_it()
    {
        var (alive, sent, silent) = (true, 0, 0);
        bool IsAlive()
        {
            if (!Volatile.Read(ref alive)) Interlocked.Increment(ref silent);
            return Volatile.Read(ref alive);
        }

        await using var lane = new EmptyLane();
        await using var signal = new DeadManSignal(
            lane, TimeSpan.FromMilliseconds(5), _ => Task.FromResult(Interlocked.Increment(ref sent) == 1 ? DeliveryResult.Failed("away") : DeliveryResult.Delivered()), IsAlive, TimeProvider.System, NullLogger.Instance);
        await UntilAsync(() => lane.Counts.Signals >= 2);
        Assert.Equal(1, lane.Counts.FailedSignals);
        Volatile.Write(ref alive, false);

        // Asked again, it has let go of the one that may have been on its way.
        await UntilAsync(() => Volatile.Read(ref silent) >= 2);
        var before = Volatile.Read(ref sent);
        await UntilAsync(() => Volatile.Read(ref silent) >= 20);
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

        public void Offer(Pingmesh.Server.Alerts.AlertPicture picture)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
