using System.Diagnostics;
using Pingmesh.Probing.Reactors;

namespace Pingmesh.UnitTests.Probing;

public sealed class ReactorTests
{
    [Fact]
    public async Task Ticks_keep_an_absolute_schedule_and_late_ones_are_skipped()
    {
        var due = new List<long>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reactor = new Reactor("test", TimeSpan.FromMilliseconds(5), (scheduled, now) =>
        {
            Assert.True(now >= scheduled);
            due.Add(scheduled);

            // Longer than several ticks, once.
            var begun = Stopwatch.GetTimestamp();
            while (due.Count == 5 && Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMilliseconds(28)) Thread.SpinWait(100);
            if (due.Count == 20) done.TrySetResult();
        });
        reactor.Start();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        reactor.Dispose();

        Assert.All(due.Zip(due.Skip(1)), pair => Assert.Equal(0, (pair.Second - pair.First) % 5_000_000));
        Assert.True(due[5] - due[4] >= 25_000_000);
        Assert.True(reactor.SkippedTicks >= 4);
        Assert.True(reactor.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Error_in_the_work_ends_the_reactor_and_shows()
    {
        using var reactor = new Reactor("test", TimeSpan.FromMilliseconds(1), (_, _) => throw new InvalidOperationException("broken"));
        reactor.Start();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => reactor.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("broken", error.Message);
    }

    [Fact]
    public void Stop_is_prompt()
    {
        var reactor = new Reactor("test", TimeSpan.FromMilliseconds(50), (_, _) => { });
        reactor.Start();
        var clock = Stopwatch.StartNew();
        reactor.Dispose();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
        Assert.True(reactor.Completion.IsCompleted);
    }
}
