using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Pingmesh.Store;
using Pingmesh.Store.ClickHouse;
using Pingmesh.Store.Sqlite;
using Pingmesh.SystemTests.EndToEnd;
using Pingmesh.UnitTests.Store;
using TestMesh = Pingmesh.UnitTests.Analysis.TestMesh;

namespace Pingmesh.SystemTests.Store;

[Collection(nameof(ClickHouseCluster))]
public sealed class ClickHouseTests(ClickHouseCluster cluster) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The begin of the hour before this one, so that its roll-up can be made.
    private static long Start { get; } = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 3_600 * 3_600) - 3_600;

    private static TimeRange Range => new(Start - 7_200, Start + 3_600);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Both_engines_tell_the_same_to_the_last_digit_when_several_collectors_write_into_one_cluster()
    {
        var settings = await MigrateAsync();
        await using var sqlite = await StartAsync("sqlite", null);
        await using var one = await StartAsync("one", settings);
        await using var other = await StartAsync("other", settings);
        var batches = TestMesh.RandomProbes(new Random(11), Start - 4_000, 7_500, 20_000).GroupBy(probe => probe.Source)
            .SelectMany(host => host.Chunk(100).Select((some, i) => TestMesh.Batch((ulong)i + 1, some))).ToList();
        for (var i = 0; i < batches.Count; i++)
        {
            await AcceptAsync(sqlite, batches[i]);
            await AcceptAsync(i % 2 == 0 ? one : other, batches[i]);
            if (i % 40 == 39) await Task.WhenAll(sqlite.Collector.FlushAsync(Cancellation), one.Collector.FlushAsync(Cancellation), other.Collector.FlushAsync(Cancellation));
        }

        await Task.WhenAll(sqlite.Collector.FlushAsync(Cancellation), one.Collector.FlushAsync(Cancellation), other.Collector.FlushAsync(Cancellation));
        await AssertSameAsync(sqlite, one);
        await AssertSameAsync(sqlite, other);

        // Merged and rolled up by both at once, nothing changes.
        await Task.WhenAll(KeepAsync(sqlite), KeepAsync(one), KeepAsync(other));
        await AssertSameAsync(sqlite, one);
        await KeepAsync(one);
        await AssertSameAsync(sqlite, other);
    }

    [Fact]
    public async Task Nothing_that_was_accepted_is_missing_when_a_shard_was_down_for_a_while()
    {
        var settings = await MigrateAsync();
        var sent = 0;
        var rig = await StartAsync("collector", settings);
        await SendAsync(1, 200);
        await rig.Collector.FlushAsync(Cancellation);
        cluster.Kill(1);
        try
        {
            await SendAsync(201, 200);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Collector.FlushAsync(Cancellation));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, Range), Cancellation));
            await SendAsync(401, 100);
            Assert.True(rig.Collector.Counts().JournalBatches >= 300);

            // The collector dies too, with a flush of which one shard may hold rows.
            await rig.DisposeAsync();
        }
        finally
        {
            cluster.Restart(1);
        }

        rig = await StartAsync("collector", settings);
        Assert.Equal(sent, await CountAsync(rig));
        await rig.Collector.FlushAsync(Cancellation);
        await SendAsync(501, 50);
        Assert.Equal(sent, await CountAsync(rig));
        Assert.True(await rig.Collector.StopAsync(Cancellation));
        await rig.DisposeAsync();
        await using var again = await StartAsync("collector", settings);
        Assert.Equal((sent, 0), (await CountAsync(again), again.Collector.Counts().JournalBatches));

        async Task SendAsync(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                await AcceptAsync(rig, TestMesh.Batch((ulong)i, TestMesh.Probe(1, 2 + (i % 15), Start + i, TestMesh.Good(100 + i)), TestMesh.Probe(1, 3, Start + i, TestMesh.Dropped())));
                sent += 2;
            }
        }
    }

    [Fact]
    public async Task Flush_whose_commit_may_or_may_not_have_arrived_counts_once()
    {
        var settings = await MigrateAsync();
        using var store = await ClickHouseStore.OpenAsync(settings, "j", TimeProvider.System, Cancellation);
        await store.AddNamesAsync([new Name(NameKind.Host, "a"), new Name(NameKind.Host, "b")], Cancellation);
        using var client = new ClickHouseClient(settings);
        var commits = new Commits(client, TimeProvider.System);
        var tag = commits.NewTag();
        List<Commit> lines = [Commits.MarkOf("j", 5), new Commit((int)WindowLevel.PodPair, 60, tag, [])];
        var windows = new ClickHouseWindows(client, await NamesAsync(client));
        await windows.InsertAsync([Samples.Row(WindowLevel.PodPair, 60, 1, (2, Samples.Of(1_000)))], tag, Cancellation);
        for (var i = 0; i < 3; i++) await commits.WriteAsync(lines, Cancellation);

        // Rows of an attempt that was given up count never.
        await windows.InsertAsync([Samples.Row(WindowLevel.PodPair, 60, 1, (2, Samples.Of(1_000)))], commits.NewTag(), Cancellation);
        long probes = 0;
        var marks = await store.ReadWindowsAsync(new WindowQuery(WindowLevel.PodPair, 0, 600), row => probes += row.Cells.Sum(cell => cell.Value.Probes), Cancellation);
        Assert.Equal((1L, 5L), (probes, marks.Of("j")));
    }

    [Fact]
    public void Of_compactions_made_at_once_the_one_that_saw_most_counts_and_of_roll_ups_too()
    {
        Commit Original(ulong tag) => new(1, 60, tag, []);
        var state = new CommitState([Original(1), Original(2), Original(3), Original(4), new(1, 60, 10, [1, 2]), new(1, 60, 11, [1, 2, 3]), new(1, 60, 12, [1, 2])]);
        Assert.Equal(new ulong[] { 4, 11 }, state.Counting(1, 60).Select(commit => commit.Flush).Order());
        Assert.Equal(new ulong[] { 1, 2, 3, 10, 12 }, state.Dead(1, 60).Select(commit => commit.Flush).Order());
        Assert.False(state.IsComplete(WindowLevel.PodPairHour, 0));
        var rolled = new CommitState([Original(1), Original(2), new(5, 0, 20, [], 1), new(5, 0, 21, [], 2), new(5, 0, 22, [], 1)]);
        Assert.Equal(21UL, Assert.Single(rolled.Counting(5, 0)).Flush);
        Assert.True(rolled.IsComplete(WindowLevel.PodPairHour, 0));
    }

    [Fact]
    public async Task Server_keeps_measurements_in_clickhouse_after_a_migration_and_says_so_before_it()
    {
        var settings = cluster.NewDatabase();
        string[] flags =
        [
            .. settings.Urls.SelectMany(url => new[] { "--clickhouse-url", url.ToString() }), "--clickhouse-cluster", settings.Cluster!, "--clickhouse-database", settings.Database,
        ];
        var topology = "dcs:\n  - name: dc1\n    podsets:\n      - name: ps1\n        pods:\n          - name: pod1\n            hosts:\n              - { name: h1, address: 10.0.0.1 }\n              - { name: h2, address: 10.0.0.2 }\n";
        await using var server = new ServerProcess(topology);
        var early = await CommandRun.RunAsync(["server", "--listen", "127.0.0.1:1", "--data", Path.Combine(server.Folder, "data"), "--topology", server.TopologyFile, "--store", "clickhouse", .. flags]);
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("pingmesh store migrate", early.Errors, StringComparison.Ordinal);

        var migrated = await CommandRun.RunAsync(["store", "migrate", .. flags]);
        Assert.Equal((0, ""), (migrated.ExitCode, migrated.Errors));
        Assert.Equal(2, migrated.Output.Split('\n').Count(line => line.EndsWith("made", StringComparison.Ordinal)));
        Assert.Contains("are there", (await CommandRun.RunAsync(["store", "migrate", .. flags])).Output, StringComparison.Ordinal);

        await server.StartAsync(["--store", "clickhouse", .. flags]);
        using var content = new ByteArrayContent(OneProbe().ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.PostAsync("/api/v1/measurements", content, Cancellation)).StatusCode);
        Assert.Equal(0, await server.StopAsync());
        await server.StartAsync(["--store", "clickhouse", .. flags]);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var sla = await server.GetAsync<Server.Api.SlaResponse>($"/api/v1/sla?level=pod&from={now - 600}&to={now + 60}");
        Assert.Equal(1, sla.Scopes.Single().Probes);
    }

    [Fact]
    public async Task Batch_counts_once_when_it_is_sent_to_every_collector_of_a_cluster()
    {
        var settings = await MigrateAsync();
        var topology = EndToEnd.TestMesh.Topology(1, 1, 1, 4);
        await using var one = new ServerProcess(topology);
        await using var other = new ServerProcess(topology);
        string[] flags =
        [
            "--store", "clickhouse", "--clickhouse-cluster", settings.Cluster!, "--clickhouse-database", settings.Database, "--collectors", $"{one.Url},{other.Url}",
            .. settings.Urls.SelectMany(url => new[] { "--clickhouse-url", url.ToString() }),
        ];
        await one.StartAsync([.. flags, "--collector-number", "1"]);
        await other.StartAsync([.. flags, "--collector-number", "2"]);
        var accepted = 0;
        for (var host = 1; host <= 4; host++)
        {
            var batch = OneProbe();
            batch.Host = $"dc1-ps1-pod1-h{host}";
            foreach (var server in new[] { one, other, other, one })
            {
                using var content = new ByteArrayContent(batch.ToByteArray());
                content.Headers.ContentType = new("application/x-protobuf");
                using var answer = await server.Http.PostAsync("/api/v1/measurements", content, Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                accepted += (await answer.Content.ReadAsStringAsync(Cancellation)).Contains("false", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.Equal(4, accepted);
        Assert.Equal((0, 0), (await one.StopAsync(), await other.StopAsync()));
        await one.StartAsync([.. flags, "--collector-number", "1"]);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var pairs = await one.GetAsync<Server.Api.PairsResponse>($"/api/v1/pairs?from={now - 1_200}&to={now + 60}");
        Assert.Equal(4, pairs.HostPairs);
        var worst = await one.GetAsync<Server.Api.WorstResponse>($"/api/v1/worst?level=host-pair&by=p50&from={now - 1_200}&to={now + 60}");
        Assert.Equal([1L, 1, 1, 1], worst.Worst.Select(pair => pair.Probes));

        // The other one is down: what belongs to it is not taken, and the agent keeps it.
        var collectors = new Server.Collectors([one.Url, other.Url], 0);
        for (var host = 1; host <= 4; host++)
        {
            var batch = OneProbe();
            (batch.Host, batch.Sequence) = ($"dc1-ps1-pod1-h{host}", 2);
            using var content = new ByteArrayContent(batch.ToByteArray());
            content.Headers.ContentType = new("application/x-protobuf");
            using var answer = await one.Http.PostAsync("/api/v1/measurements", content, Cancellation);
            Assert.Equal(collectors.OwnerOf(batch.Host) == one.Url ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    [Fact]
    public void Hosts_belong_to_one_collector_each_and_few_move_when_one_goes()
    {
        Uri[] urls = [new("http://a:1"), new("http://b:1"), new("http://c:1")];
        var all = Enumerable.Range(0, 3).Select(self => new Server.Collectors(urls, self)).ToList();
        var two = new Server.Collectors(urls[..2], 0);
        var hosts = Enumerable.Range(0, 3_000).Select(i => $"h{i}").ToList();
        Assert.All(hosts, host => Assert.Single(all.Select(one => one.OwnerOf(host)).Distinct()));
        Assert.All(hosts.GroupBy(all[0].OwnerOf), group => Assert.InRange(group.Count(), 850, 1_150));
        Assert.All(hosts.Where(host => all[0].OwnerOf(host) != urls[2]), host => Assert.Equal(all[0].OwnerOf(host), two.OwnerOf(host)));
    }

    private static MeasurementBatch OneProbe()
    {
        var batch = TestMesh.Batch(1, TestMesh.Probe(1, 2, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 20, TestMesh.Good(100)));
        batch.Windows[0].Series[0].Columns.KeyDelta[0] = 0;
        batch.Windows[0].Series[0].Columns = Core.Measurements.ColumnsCodec.Encode(
            [KeyValuePair.Create(Core.Measurements.AddressKey.Of(IPAddress.Parse("10.0.0.2")), Samples.Of(100_000))], 1_000);
        return batch;
    }

    private static async Task<ClickHouseNames> NamesAsync(ClickHouseClient client)
    {
        var names = new ClickHouseNames(client, TimeProvider.System);
        await names.AddAsync([new Name(NameKind.Host, "a"), new Name(NameKind.Host, "b")], Cancellation);
        return names;
    }

    private static async Task AssertSameAsync(Rig expected, Rig actual)
    {
        foreach (var level in Enum.GetValues<SlaLevel>())
        {
            foreach (var range in new[] { Range, new TimeRange(Start - 1_000, Start + 100) })
            {
                var query = new SlaQuery(level, range, BySeries: true);
                UnitTests.Analysis.Figures.Equal(await expected.Collector.Slas.ReadAsync(query, Cancellation), await actual.Collector.Slas.ReadAsync(query, Cancellation));
            }
        }

        List<Selection> selections = [.. new[] { "all", "dc1->dc2", "h1->h5", "dc1/ps1,side=target", "service:half" }.Select(Selection.Parse)];
        var latencies = await Task.WhenAll(new[] { expected, actual }.Select(rig => rig.Collector.Latencies.ReadAsync(selections, Range, 600, Cancellation)));
        foreach (var (one, other) in latencies[0].Zip(latencies[1]))
        {
            Assert.Equal(one.Figures.Cdf, other.Figures.Cdf);
            Assert.Equal(one.Figures.Percentiles, other.Figures.Percentiles);
            Assert.Equal((one.Figures.MinMicroseconds, one.Figures.MeanMicroseconds, one.Figures.MaxMicroseconds), (other.Figures.MinMicroseconds, other.Figures.MeanMicroseconds, other.Figures.MaxMicroseconds));
            Assert.Equal(one.Series.Count, other.Series.Count);
            foreach (var (a, b) in one.Series.Zip(other.Series)) UnitTests.Analysis.Figures.Equal(a.Value, b.Value);
        }

        var maps = await Task.WhenAll(new[] { expected, actual }.Select(rig => rig.Collector.Heatmaps.ReadAsync(new HeatmapQuery(Range, HeatmapLevel.Host), Cancellation)));
        Assert.Equal(maps[0].P99Microseconds, maps[1].P99Microseconds);
        Assert.Equal(maps[0].States, maps[1].States);
        var evidence = await Task.WhenAll(new[] { expected, actual }.Select(rig => rig.Collector.Evidence.ReadAsync(Range, 10_000, cancellationToken: Cancellation)));
        Assert.Equal(Sorted(evidence[0]), Sorted(evidence[1]));
    }

    private static IEnumerable<string> Sorted(IEnumerable<Analysis.HostPairs.NamedEvidence> evidence) =>
        evidence.Select(one => $"{one.Record.StartedUnixMicroseconds} {one.Source} {one.Target} {one.Record.Error} {one.Record.Retransmissions}").Order(StringComparer.Ordinal);

    private static async Task KeepAsync(Rig rig)
    {
        while (await rig.Measurements.CompactAsync(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, Cancellation))
        {
        }

        while (await rig.Measurements.ExpireAsync(new Retention(), DateTimeOffset.UtcNow, Cancellation))
        {
        }
    }

    [Fact]
    public async Task Tables_of_the_first_version_are_refused_and_brought_up_to_date_by_a_migration()
    {
        var settings = await MigrateAsync();
        using var client = new ClickHouseClient(settings);
        foreach (var table in new[] { settings.Table("documents"), settings.Local("documents"), settings.Local("schema") }) await client.RunEverywhereAsync($"DROP TABLE {table}", Cancellation);
        await client.RunEverywhereAsync($"CREATE TABLE {settings.Local("schema")} (version UInt32, at DateTime) ENGINE = MergeTree ORDER BY version", Cancellation);
        await client.RunEverywhereAsync($"INSERT INTO {settings.Local("schema")} SELECT 1, now()", Cancellation);

        var refused = await Assert.ThrowsAsync<StoreException>(() => ClickHouseStore.OpenAsync(settings, "j", TimeProvider.System, Cancellation));
        Assert.Contains("have version 1, this program needs 2; run 'pingmesh store migrate'", refused.Message, StringComparison.Ordinal);
        using (var schema = new ClickHouseSchema(settings)) await schema.MigrateAsync(_ => { }, Cancellation);
        using var store = await ClickHouseStore.OpenAsync(settings, "j", TimeProvider.System, Cancellation);
        await store.Documents.PutAsync([new Document("k", "i", 1, DateTimeOffset.UtcNow, "{}")], Cancellation);
        Assert.NotNull(await store.Documents.FindAsync("k", "i", Cancellation));
    }

    private static async Task<long> CountAsync(Rig rig) =>
        (await rig.Collector.Slas.ReadAsync(new SlaQuery(SlaLevel.All, Range), Cancellation)).Scopes[0].Probes;

    private static async Task AcceptAsync(Rig rig, MeasurementBatch batch) =>
        Assert.Equal(new IngestResult(IngestStatus.Accepted), await rig.Collector.Ingest.AcceptAsync(batch.ToByteArray()) with { Origin = null });

    private async Task<ClickHouseSettings> MigrateAsync()
    {
        var settings = cluster.NewDatabase();
        using var schema = new ClickHouseSchema(settings);
        await schema.MigrateAsync(_ => { }, Cancellation);
        return settings;
    }

    private async Task<Rig> StartAsync(string name, ClickHouseSettings? settings)
    {
        var file = SqliteStore.Open(folder.File($"{name}.db"), TimeProvider.System);
        var tables = settings is null ? null : await ClickHouseStore.OpenAsync(settings, file.Journal.Id, TimeProvider.System, Cancellation);
        var services = new ServiceMap(TestMesh.Topology, [new ServiceRule("half", host => host.Pod.Podset.Dc.Name == "dc1")]);
        var options = new CollectorOptions { FlushInterval = TimeSpan.FromHours(1) };
        var measurements = tables ?? file.Measurements;
        return new Rig(await Collector.StartAsync(measurements, file.Journal, () => services, TimeProvider.System, NullLoggerFactory.Instance, options, Cancellation), measurements, file, tables);
    }

    private sealed record Rig(Collector Collector, IMeasurementStore Measurements, SqliteStore File, ClickHouseStore? Tables) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Collector.DisposeAsync();
            Tables?.Dispose();
            File.Dispose();
        }
    }
}
