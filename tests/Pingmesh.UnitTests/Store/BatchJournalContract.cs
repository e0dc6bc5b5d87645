using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Store;
using Pingmesh.Store.Journal;

namespace Pingmesh.UnitTests.Store;

/// <summary>What every journal does.</summary>
public abstract class BatchJournalContract(StoreFixture fixture) : IDisposable
{
    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Batch_is_new_once_when_it_comes_again_in_the_group_later_or_after_a_restart()
    {
        using (var store = fixture.Open())
        {
            Assert.Equal([AppendStatus.New, AppendStatus.Duplicate, AppendStatus.New], Append(store, Batch("a", 1, 1), Batch("a", 1, 1), Batch("a", 1, 2)));
            Assert.Equal([AppendStatus.Duplicate], Append(store, Batch("a", 1, 2)));
            store.Journal.Forget(long.MaxValue);
            Assert.Equal([AppendStatus.Duplicate, AppendStatus.New, AppendStatus.New], Append(store, Batch("a", 1, 1), Batch("a", 2, 1), Batch("b", 1, 1)));
        }

        using var again = fixture.Open();
        Assert.Equal(
            [AppendStatus.Duplicate, AppendStatus.Duplicate, AppendStatus.Duplicate, AppendStatus.New],
            Append(again, Batch("a", 1, 2), Batch("a", 2, 1), Batch("b", 1, 1), Batch("a", ulong.MaxValue, 1)));
    }

    [Fact]
    public void Journal_gives_back_what_was_appended_in_order_after_a_restart()
    {
        string id;
        using (var store = fixture.Open())
        {
            id = store.Journal.Id;
            for (var i = 1; i <= 150; i++) Append(store, Batch("a", 1, i));
        }

        using var again = fixture.Open();
        Assert.Equal(id, again.Journal.Id);
        var entries = again.Journal.Read(0).ToList();
        Assert.Equal(Enumerable.Range(1, 150).Select(i => $"a 1 {i}"), entries.Select(entry => Encoding.UTF8.GetString(entry.Body.Span)));
        Assert.Equal(entries.Select(entry => entry.Position).Order(), entries.Select(entry => entry.Position));
        Assert.Equal(new JournalSize(150, entries.Sum(entry => (long)entry.Body.Length)), again.Journal.Size);
        Assert.Equal(entries[100..].Select(entry => entry.Position), again.Journal.Read(entries[99].Position).Select(entry => entry.Position));
    }

    [Fact]
    public async Task Appends_and_writes_of_another_thread_do_not_disturb_each_other()
    {
        // Changes of nothing, which wait for no disk: the more of them, the more often the two meet.
        const int Appends = 10_000;
        var cancellation = TestContext.Current.CancellationToken;
        Name[] names = [new(NameKind.Address, "one"), new(NameKind.Address, "two")];
        using var store = fixture.Open();
        Append(store, Batch("a", 1, 1));
        var numbers = await store.Measurements.AddNamesAsync(names, cancellation);
        var appending = Task.Run(
            () =>
            {
                for (var i = 0; i < Appends; i++) Assert.Equal([AppendStatus.Duplicate], Append(store, Batch("a", 1, 1)));
            },
            cancellation);
        while (!appending.IsCompleted) Assert.Equal(numbers, await store.Measurements.AddNamesAsync(names, cancellation));
        await appending;
    }

    [Fact]
    public void Positions_are_never_used_again_when_the_journal_was_emptied()
    {
        long last;
        using (var store = fixture.Open())
        {
            last = store.Journal.Append([Batch("a", 1, 1)])[0].Position;
            store.Journal.Forget(last);
            Assert.Empty(store.Journal.Read(0));
            Assert.Equal(default, store.Journal.Size);
        }

        using var again = fixture.Open();
        Assert.True(again.Journal.Append([Batch("a", 1, 2)])[0].Position > last);
    }

    [Fact]
    public void Idle_epoch_is_forgotten_and_an_active_one_is_not()
    {
        var time = new VirtualTime();
        using var store = fixture.Open(time);
        Append(store, Batch("idle", 1, 1), Batch("idle", 1, 3), Batch("active", 1, 1));
        time.Advance(TimeSpan.FromDays(20));
        Append(store, Batch("active", 1, 3));
        time.Advance(TimeSpan.FromDays(11));

        Assert.True(store.Journal.ForgetEpochs(time.GetUtcNow() - TimeSpan.FromDays(30)));
        Assert.False(store.Journal.ForgetEpochs(time.GetUtcNow() - TimeSpan.FromDays(30)));
        Assert.Equal(
            [AppendStatus.New, AppendStatus.Duplicate, AppendStatus.Duplicate, AppendStatus.New],
            Append(store, Batch("idle", 1, 1), Batch("active", 1, 1), Batch("active", 1, 3), Batch("active", 1, 2)));
    }

    [Fact]
    public void Every_sequence_is_new_exactly_once_in_any_order_over_restarts()
    {
        var orders = Gen.ArrayOf(Gen.Choose(1, 30), 60);
        Prop.ForAll(orders.ToArbitrary(), sequences =>
        {
            using var store = fixture.Open();
            var epoch = store.Journal.Append([Batch("clock", 1, store.Journal.Size.Batches + 1)])[0].Position;
            var seen = new HashSet<int>();
            foreach (var group in sequences.Chunk(7))
            {
                var expected = group.Select(sequence => seen.Add(sequence) ? AppendStatus.New : AppendStatus.Duplicate).ToList();
                Assert.Equal(expected, Append(store, [.. group.Select(sequence => Batch("a", (ulong)epoch + 1, sequence))]));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));
    }

    private static JournalBatch Batch(string host, ulong epoch, long sequence) =>
        new(host, epoch, sequence, Encoding.UTF8.GetBytes($"{host} {epoch} {sequence}"));

    private static IEnumerable<AppendStatus> Append(OpenedStore store, params JournalBatch[] batches) =>
        store.Journal.Append(batches).Select(result => result.Status);
}
