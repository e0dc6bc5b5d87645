using Microsoft.Data.Sqlite;
using Pingmesh.Store;
using Pingmesh.Store.Journal;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.UnitTests.Store;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Library_is_at_least_the_bundled_one() =>
        Assert.True(new Version(SqliteStore.LibraryVersion) >= new Version(3, 35, 5), SqliteStore.LibraryVersion);

    [Fact]
    public void File_is_refused_when_it_is_no_database()
    {
        File.WriteAllText(folder.File("text"), new string('x', 5_000));
        Assert.Contains("is no database", OpenFails("text"), StringComparison.Ordinal);
        Assert.Equal(new string('x', 5_000), File.ReadAllText(folder.File("text")));
    }

    [Fact]
    public void File_is_refused_when_it_is_a_folder() => Assert.Contains("is a folder", OpenFails("."), StringComparison.Ordinal);

    [Fact]
    public void File_is_refused_when_its_folder_is_missing() =>
        Assert.Contains("make it first", OpenFails("missing/file.db"), StringComparison.Ordinal);

    [Fact]
    public void File_is_refused_when_its_folder_takes_no_files()
    {
        var error = Assert.Throws<StoreException>(() => SqliteStore.Open("/proc/pingmesh.db", TimeProvider.System));
        Assert.Contains("/proc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_is_refused_when_a_newer_version_wrote_it()
    {
        SqliteStore.Open(folder.File("new.db"), TimeProvider.System).Dispose();
        Execute("new.db", "PRAGMA user_version = 99");
        Assert.Contains("schema version 99", OpenFails("new.db"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_of_the_first_version_is_brought_up_to_date_and_keeps_what_it_holds()
    {
        using (var store = SqliteStore.Open(folder.File("old.db"), TimeProvider.System))
            await store.Measurements.AddNamesAsync([new Name(NameKind.Host, "a")], TestContext.Current.CancellationToken);
        Execute("old.db", "DROP TABLE noise; DROP TABLE unrolled; DROP TABLE documents; PRAGMA user_version = 1");
        using var again = SqliteStore.Open(folder.File("old.db"), TimeProvider.System);
        Assert.Single(await again.Measurements.ReadNamesAsync(0, TestContext.Current.CancellationToken));
        await again.Measurements.WriteAsync(
            new Flush("j", 1, [], [], [new NoiseRecord(10, 1, Pingmesh.Core.Probes.HostNoise.Stalled, 1)]), TestContext.Current.CancellationToken);
        Assert.Single((await again.Measurements.ReadNoiseAsync(new NoiseQuery(0, 100, 1), TestContext.Current.CancellationToken)).Records);
        await again.Documents.PutAsync([new Document("k", "i", 1, DateTimeOffset.UnixEpoch, "{}")], TestContext.Current.CancellationToken);
        Assert.NotNull(await again.Documents.FindAsync("k", "i", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void File_is_refused_when_it_is_another_programs_database()
    {
        Execute("other.db", "CREATE TABLE t (x)");
        Assert.Contains("another program's", OpenFails("other.db"), StringComparison.Ordinal);
    }

    [Fact]
    public void File_is_refused_while_another_store_has_it_open()
    {
        using (SqliteStore.Open(folder.File("a.db"), TimeProvider.System))
            Assert.Contains("another process uses it", OpenFails("a.db"), StringComparison.Ordinal);
        SqliteStore.Open(folder.File("a.db"), TimeProvider.System).Dispose();
    }

    [Fact]
    public void Damaged_file_is_told_and_is_no_reason_to_crash()
    {
        using (var store = SqliteStore.Open(folder.File("d.db"), TimeProvider.System))
        {
            for (var i = 1; i <= 200; i++) store.Journal.Append([new JournalBatch("a", 1, i, new byte[1_000])]);
        }

        var bytes = File.ReadAllBytes(folder.File("d.db"));
        Array.Fill<byte>(bytes, 0xee, 4_096, bytes.Length - 4_096);
        File.WriteAllBytes(folder.File("d.db"), bytes);
        Assert.Contains("damaged", OpenFails("d.db"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_does_not_grow_for_ever_when_retention_deletes()
    {
        var random = new Random(1);
        var sizes = new List<long>();
        for (var day = 0; day < 12; day++)
        {
            var start = 86_400L * (20_000 + day);
            var cells = Enumerable.Range(1, 400).Select(i => (i, Samples.Of(random.Next(1_000_000), random.Next(1_000_000)))).ToArray();
            var rows = Enumerable.Range(1, 200).Select(row => Samples.Row(WindowLevel.PodPair, start, row, cells)).ToList();
            using (var store = SqliteStore.Open(folder.File("r.db"), TimeProvider.System))
                await KeepDayAsync(store, day, start, rows);
            sizes.Add(new FileInfo(folder.File("r.db")).Length);
        }

        Assert.True(sizes[8] <= sizes[4] * 1.2, string.Join(' ', sizes));
        Assert.True(sizes[11] < sizes[8] / 2, string.Join(' ', sizes));
    }

    [Fact]
    public async Task Store_stays_within_its_size_and_keeps_what_late_data_may_belong_to()
    {
        var random = new Random(1);
        using var store = SqliteStore.Open(folder.File("m.db"), TimeProvider.System);
        var retention = new Retention { MaxBytes = 3 << 20, Lateness = TimeSpan.FromHours(1) };
        var sizes = new List<long>();
        for (var hour = 0; hour < 24 * 8; hour++)
        {
            var start = (86_400L * 20_000) + (hour * 3_600);
            var cells = Enumerable.Range(1, 100).Select(i => (i, Samples.Of([.. Enumerable.Range(0, 20).Select(_ => (long)random.Next(1_000_000))]))).ToArray();
            await store.Measurements.WriteAsync(new Flush("j", hour + 1, [.. Enumerable.Range(1, 5).Select(row => Samples.Row(WindowLevel.PodPair, start, row, cells))], [], []), TestContext.Current.CancellationToken);
            while (await store.Measurements.CompactAsync(start + 3_600, TestContext.Current.CancellationToken))
            {
            }

            while (await store.Measurements.ExpireAsync(retention, DateTimeOffset.FromUnixTimeSeconds(start + 3_600), TestContext.Current.CancellationToken))
            {
            }

            sizes.Add(new FileInfo(folder.File("m.db")).Length);
        }

        Assert.True(sizes[^1] < 5 << 20, string.Join(' ', sizes.Where((_, i) => i % 24 == 0)));
        var newest = 0;
        await store.Measurements.ReadWindowsAsync(new WindowQuery(WindowLevel.PodPair, (86_400L * 20_000) + (191 * 3_600), long.MaxValue), _ => newest++, TestContext.Current.CancellationToken);
        Assert.Equal(5, newest);
    }

    [Fact]
    public async Task Backup_is_a_store_with_all_that_was_accepted_while_the_store_is_written()
    {
        using var store = SqliteStore.Open(folder.File("live.db"), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writing = Task.Run(() =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                store.Journal.Append([new JournalBatch("h", 1, i, new byte[2_000])]);
                Volatile.Write(ref written, i);
            }
        });
        SpinWait.SpinUntil(() => Volatile.Read(ref written) > 50);
        for (var copy = 0; copy < 3; copy++)
        {
            var before = Volatile.Read(ref written);
            SqliteBackup.Write(folder.File("live.db"), folder.File($"copy{copy}.db"));
            using var restored = SqliteStore.Open(folder.File($"copy{copy}.db"), TimeProvider.System);
            Assert.Equal(store.Journal.Id, restored.Journal.Id);
            Assert.InRange(restored.Journal.Size.Batches, before, Volatile.Read(ref written));
            Assert.Equal(AppendStatus.Duplicate, restored.Journal.Append([new JournalBatch("h", 1, before, new byte[1])])[0].Status);
        }

        await stop.CancelAsync();
        await writing;
        Assert.Contains("exists already", Assert.Throws<StoreException>(() => SqliteBackup.Write(folder.File("live.db"), folder.File("copy0.db"))).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<StoreException>(() => SqliteBackup.Write(folder.File("none.db"), folder.File("x.db"))).Message, StringComparison.Ordinal);
    }

    private static async Task KeepDayAsync(SqliteStore store, int day, long start, List<WindowRow> rows)
    {
        await store.Measurements.WriteAsync(new Flush("j", day + 1, rows, [], []), TestContext.Current.CancellationToken);
        var now = DateTimeOffset.FromUnixTimeSeconds(start + 86_400);
        while (await store.Measurements.CompactAsync(start + 86_400, TestContext.Current.CancellationToken))
        {
        }

        var keep = new Retention { Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromHours(1), Minute = day < 9 ? TimeSpan.FromDays(2) : TimeSpan.FromHours(1) };
        while (await store.Measurements.ExpireAsync(keep, now, TestContext.Current.CancellationToken))
        {
        }
    }

    private string OpenFails(string name) =>
        Assert.Throws<StoreException>(() => SqliteStore.Open(folder.File(name), TimeProvider.System)).Message;

    private void Execute(string name, string sql)
    {
        _ = SqliteStore.LibraryVersion;
        using var connection = new SqliteConnection($"Data Source={folder.File(name)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
