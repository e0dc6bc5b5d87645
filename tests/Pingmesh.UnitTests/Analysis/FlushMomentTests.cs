using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>Queries at every moment of a flush: everything counts once.</summary>
public class FlushMomentTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Hour = new(Start - 3_600, Start + 3_600);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_counts_everything_once_before_and_after_the_stores_commit_of_a_flush()
    {
        WatchedStore? store = null;
        await using var rig = await CollectorRig.StartAsync(storeWrapper: inner => store = new WatchedStore(inner));
        await rig.AcceptAsync(IngestPipelineTests.Sample(1));
        var seen = new List<long>();
        async Task Look()
        {
            await rig.AcceptAsync(IngestPipelineTests.Sample((ulong)seen.Count + 2));
            seen.Add((await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        }

        store!.BeforeWrite = store.AfterWrite = Look;
        await rig.Collector.FlushAsync(Cancellation);
        Assert.Equal([6, 9], seen);
        Assert.Equal(9, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
    }

    [Fact]
    public async Task Query_counts_everything_once_when_a_whole_flush_passes_between_its_looks_at_memory_and_store()
    {
        WatchedStore? store = null;
        await using var rig = await CollectorRig.StartAsync(storeWrapper: inner => store = new WatchedStore(inner));
        await rig.AcceptAsync(IngestPipelineTests.Sample(1));
        store!.BeforeRead = async () =>
        {
            store.BeforeRead = () => Task.CompletedTask;
            await rig.Collector.FlushAsync(Cancellation);
            await rig.AcceptAsync(IngestPipelineTests.Sample(2));
        };
        Assert.Equal(3, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        Assert.Equal(6, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
    }

    [Fact]
    public async Task Query_counts_everything_once_when_a_flush_failed_and_came_again()
    {
        WatchedStore? store = null;
        await using var rig = await CollectorRig.StartAsync(storeWrapper: inner => store = new WatchedStore(inner));
        await rig.AcceptAsync(IngestPipelineTests.Sample(1));
        store!.BeforeWrite = () => throw new StoreUnavailableException("no", isFull: false);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Collector.FlushAsync(Cancellation));
        await rig.AcceptAsync(IngestPipelineTests.Sample(2));
        Assert.Equal(6, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);

        // As when the connection breaks after the commit: the store has it, the collector does not know.
        store.BeforeWrite = () => Task.CompletedTask;
        store.AfterWrite = () => throw new StoreUnavailableException("late", isFull: false);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Collector.FlushAsync(Cancellation));
        Assert.Equal(6, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        store.AfterWrite = () => Task.CompletedTask;
        await rig.Collector.FlushAsync(Cancellation);
        Assert.Equal(6, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        Assert.Equal(0L, rig.Collector.Counts().PendingBytes);
    }

    [Fact]
    public async Task Query_never_sees_less_than_was_accepted_nor_more_than_was_sent_while_all_run_at_once()
    {
        await using var rig = await CollectorRig.StartAsync();
        var sent = 0;
        var accepted = 0;
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await rig.Collector.FlushAsync(Cancellation);
                await rig.Collector.Upkeep.KeepAsync(Cancellation);
            }
        }, Cancellation);
        var looking = Task.Run(async () =>
        {
            var looks = 0;
            while (!done.IsCancellationRequested || looks < 20)
            {
                var atLeast = Volatile.Read(ref accepted);
                var seen = (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes;
                Assert.InRange(seen, atLeast * 3, Volatile.Read(ref sent) * 3);
                looks++;
            }

            return looks;
        }, Cancellation);

        for (var i = 0; i < 150; i++)
        {
            Interlocked.Increment(ref sent);
            await rig.AcceptAsync(IngestPipelineTests.Sample((ulong)i + 1));
            Interlocked.Increment(ref accepted);
        }

        await done.CancelAsync();
        await flushing;
        Assert.True(await looking >= 20);
        Assert.Equal(450, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
    }
}
