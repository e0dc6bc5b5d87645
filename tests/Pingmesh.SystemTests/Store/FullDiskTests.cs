using System.Diagnostics;
using Pingmesh.Store;
using Pingmesh.Store.Journal;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.SystemTests.Store;

public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pingmesh-full-");

    public void Dispose()
    {
        Run("umount", folder.FullName);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Append_fails_on_a_full_disk_damages_nothing_and_works_again_when_there_is_space()
    {
        Requires.Root();
        Requires.Program("mount", "mount");
        Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.FullName);
        var path = Path.Combine(folder.FullName, "full.db");
        var accepted = new List<long>();
        long next = 1;
        using (var store = SqliteStore.Open(path, TimeProvider.System))
        {
            var ballast = new Queue<string>(["ballast1", "ballast2"]);
            foreach (var name in ballast) File.WriteAllBytes(Path.Combine(folder.FullName, name), new byte[2 << 20]);
            while (true)
            {
                var before = accepted.Count;
                var error = Assert.Throws<StoreUnavailableException>(() => Fill(store));
                Assert.True(error.IsFull, error.Message);
                Assert.True(accepted.Count > before, "nothing was accepted although there was space");
                Assert.Equal(accepted.Count, store.Journal.Read(0).Count());
                Assert.Throws<StoreUnavailableException>(() => Append(store, next, accepted));
                if (!ballast.TryDequeue(out var name)) break;
                File.Delete(Path.Combine(folder.FullName, name));
            }
        }

        using var again = SqliteStore.Open(path, TimeProvider.System);
        Assert.Equal(accepted.Count, again.Journal.Read(0).Count());
        Assert.Equal(AppendStatus.Duplicate, again.Journal.Append([new JournalBatch("h", 1, next - 1, default)])[0].Status);

        void Fill(SqliteStore full)
        {
            for (var i = 0; i < 1_000; i++) Append(full, next, accepted);
        }

        void Append(SqliteStore store, long sequence, List<long> positions)
        {
            var result = Assert.Single(store.Journal.Append([new JournalBatch("h", 1, sequence, new byte[20_000])]));
            Assert.Equal(AppendStatus.New, result.Status);
            positions.Add(result.Position);
            next = sequence + 1;
        }
    }

    [Fact]
    public async Task Document_that_finds_no_space_is_told_and_the_ones_before_it_stay()
    {
        Requires.Root();
        Requires.Program("mount", "mount");
        Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.FullName);
        using var store = SqliteStore.Open(Path.Combine(folder.FullName, "full.db"), TimeProvider.System);
        var put = 0;
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            for (; put < 1_000; put++) await store.Documents.PutAsync([new Document("k", $"{put}", 1, DateTimeOffset.UnixEpoch.AddSeconds(put), new string('x', 20_000))]);
        });
        Assert.True(error.IsFull, error.Message);
        Assert.Equal(put, (await store.Documents.ReadAsync("k", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), 2_000)).Count);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
    }
}
