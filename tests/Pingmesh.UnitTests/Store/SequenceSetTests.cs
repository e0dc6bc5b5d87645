using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Store.Journal;

namespace Pingmesh.UnitTests.Store;

public class SequenceSetTests
{
    [Fact]
    public void Set_is_that_of_its_sequences_and_its_changes_tell_the_intervals()
    {
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(1, 200), 100).ToArbitrary(), sequences =>
        {
            var set = new SequenceSet();
            var expected = new HashSet<long>();
            var stored = new Dictionary<long, long>();
            foreach (var sequence in sequences)
            {
                Assert.Equal(!expected.Add(sequence), set.Contains(sequence));
                if (set.Contains(sequence)) continue;
                var change = set.Add(sequence);
                if (change.RemovedFirst is { } removed) Assert.True(stored.Remove(removed));
                stored[change.Written.First] = change.Written.Last;
            }

            Assert.Equal(set.Intervals.Select(one => KeyValuePair.Create(one.First, one.Last)), stored.OrderBy(one => one.Key));
            Assert.All(Enumerable.Range(0, 202), i => Assert.Equal(expected.Contains(i), set.Contains(i)));
            Assert.All(set.Intervals.Zip(set.Intervals.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Set_is_one_interval_when_nothing_is_missing()
    {
        var set = new SequenceSet();
        for (var i = 1; i <= 10_000; i++) set.Add(i);
        Assert.Equal([new SequenceInterval(1, 10_000)], set.Intervals);
    }
}
