using Pingmesh.Agent.Upload;

namespace Pingmesh.UnitTests.Agent;

public sealed class SpoolTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Spool_drops_the_oldest_first_to_stay_within_its_limit_and_counts_them()
    {
        var spool = new Spool(folder.Path, 1_000);
        for (var i = 1; i <= 5; i++)
        {
            Assert.Null(spool.Write(new BatchId(i, 7, (ulong)i), new byte[300], 10 * i));
            Assert.True(Directory.EnumerateFiles(folder.Path).Sum(path => new FileInfo(path).Length) <= 1_000);
        }

        Assert.Equal((3, 900L, 2L, 30L), (spool.Count, spool.Bytes, spool.LostBatches, spool.LostProbes));
        Assert.Equal(30, spool.After(null)!.Probes);
        Assert.Null(spool.Write(new BatchId(6, 7, 6), new byte[1_000], 60));
        Assert.Equal((1, 1_000L, 5L, 150L), (spool.Count, spool.Bytes, spool.LostBatches, spool.LostProbes));
    }

    [Fact]
    public void Batch_larger_than_the_whole_spool_is_lost_and_leaves_the_others()
    {
        var spool = new Spool(folder.Path, 1_000);
        spool.Write(new BatchId(1, 7, 1), new byte[10], 1);
        Assert.Contains("1001 bytes is larger", spool.Write(new BatchId(2, 7, 2), new byte[1_001], 5)!, StringComparison.Ordinal);
        Assert.Equal((1, 1L, 5L), (spool.Count, spool.LostBatches, spool.LostProbes));
    }

    [Fact]
    public void Spool_survives_a_restart_in_order_also_over_epochs_and_takes_up_a_smaller_limit()
    {
        var first = new Spool(folder.Path, 1_000);
        first.Write(new BatchId(1_700_000_000_000_000, 0xffff_ffff_ffff_ffff, 9), [1], 4);
        first.Write(new BatchId(1_700_000_000_000_001, 0x1, 10), [2, 2], 5);
        var second = new Spool(folder.Path, 2);
        Assert.Equal((2, 3L, 4L), (second.Count, second.Bytes, second.After(null)!.Probes));
        Assert.Equal([1], second.Read(second.After(null)!));
        second.Remove(second.After(null)!);
        Assert.Equal([2, 2], second.Read(second.After(null)!));
        Assert.Null(second.Write(new BatchId(1_700_000_000_000_002, 0x1, 11), [3], 6));
        Assert.Equal((1, 1L, 1L, 5L), (second.Count, second.Bytes, second.LostBatches, second.LostProbes));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void Foreign_files_stay_untouched_and_unfinished_batches_of_its_own_are_removed()
    {
        string[] foreign = ["notes.txt", "other.tmp", "1-2-3-4.batch"];
        foreach (var name in foreign) File.WriteAllText(folder.File(name), "mine");
        var unfinished = folder.File("00000000000000001-0000000000000007-0000000001-10.batch.tmp");
        File.WriteAllText(unfinished, "half");
        var spool = new Spool(folder.Path, 1_000);
        Assert.Equal((0, 0L, null), (spool.Count, spool.Bytes, spool.After(null)));
        for (var i = 1; i <= 5; i++) spool.Write(new BatchId(i, 7, (ulong)i), new byte[600], 1);
        Assert.False(File.Exists(unfinished));
        Assert.All(foreign, name => Assert.Equal("mine", File.ReadAllText(folder.File(name))));
    }

    [Fact]
    public void Folder_that_cannot_be_written_any_more_costs_the_batch_but_throws_nothing()
    {
        var path = folder.File("spool");
        var spool = new Spool(path, 1_000);
        spool.Write(new BatchId(1, 7, 1), [1], 3);
        Directory.Delete(path, recursive: true);
        File.WriteAllText(path, "a file in the folder's place");
        Assert.NotNull(spool.Write(new BatchId(2, 7, 2), [1], 4));
        Assert.Equal((1L, 4L), (spool.LostBatches, spool.LostProbes));

        // Neither does the loss of what was there.
        Assert.Null(spool.Read(spool.After(null)!));
        Assert.Equal((0, 0L, 2L, 7L), (spool.Count, spool.Bytes, spool.LostBatches, spool.LostProbes));
        Assert.ThrowsAny<IOException>(() => new Spool(path, 1_000));
    }
}
