using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;
using Pingmesh.Store.ClickHouse;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Bench;

/// <summary>
/// What the store takes and how long questions take: 6 million probes of host pairs beside the usual table of one row a probe
/// in the same engine; a week of a data center of 10,000 hosts; a heatmap of 1000 x 1000 pods.
/// </summary>
internal static class StoreBench
{
    private const int Pods = 250;
    private const int HostsPerPod = 40;
    private const int MapPods = 1_000;
    private const int PairHosts = 200;
    private const int Peers = 500;
    private const int ProbesPerPair = 60;
    private const long Monday = 1_767_571_200;
    private const long Day = 86_400;

    private static readonly SeriesKey Series = new(ProbeKind.Tcp, ProbeClass.IntraDc, 0);

    /// <summary>Measures SQLite, or with an address ClickHouse at it, in a database that is made and dropped.</summary>
    public static async Task RunAsync(Uri? clickHouse)
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-bench-");
        try
        {
            await using (var pairs = await Engine.OpenAsync(folder.FullName, "pairs", clickHouse)) await MeasurePairsAsync(pairs);
            await using (var week = await Engine.OpenAsync(folder.FullName, "week", clickHouse)) await MeasureWeekAsync(week);
            await using (var map = await Engine.OpenAsync(folder.FullName, "map", clickHouse)) await MeasureMapAsync(map);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasurePairsAsync(Engine engine)
    {
        const long Probes = (long)PairHosts * Peers * ProbesPerPair;
        var topology = Build(PairHosts / HostsPerPod, HostsPerPod);
        var hosts = await engine.Store.AddNamesAsync([.. Enumerable.Range(0, PairHosts + (Peers * 3)).Select(i => new Name(NameKind.Host, $"h{i}"))]);
        var random = new Random(42);
        var bases = Enumerable.Range(0, PairHosts * Peers).Select(_ => 150 + (350 * random.NextDouble())).ToArray();
        var all = new List<(int Source, int Target, long At, bool IsLost, long Rtt)>((int)Probes);
        for (var minute = 0; minute < 10; minute++)
        {
            var rows = new List<WindowRow>();
            for (var host = 0; host < PairHosts; host++)
            {
                var cells = new List<KeyValuePair<int, Measurement>>();
                for (var peer = 0; peer < Peers; peer++)
                {
                    var measurement = new Measurement();
                    for (var probe = 0; probe < ProbesPerPair / 10; probe++)
                    {
                        var rtt = random.Next(20_000) == 0 ? 0 : Rtt(random, bases[(host * Peers) + peer]);
                        if (rtt == 0) measurement.AddDrops(1, 0);
                        else measurement.AddRtt(rtt);
                        all.Add((host, peer * 3, Monday + (minute * 60) + (probe * 10), rtt == 0, rtt));
                    }

                    cells.Add(new(hosts[peer * 3], measurement));
                }

                cells.Sort((a, b) => a.Key.CompareTo(b.Key));
                rows.Add(new WindowRow(WindowLevel.HostPair, Monday, Series, hosts[host], cells));
            }

            await engine.Store.WriteAsync(new Flush("bench", minute + 1, rows, [], []));
        }

        await engine.KeepAsync(Monday + 600);
        var ours = await engine.BytesAsync();
        await using var collector = await engine.StartAsync(new ServiceMap(topology, []), Monday + 600);
        var range = new TimeRange(Monday, Monday + 600);
        var (ask, _) = Clock.Time(5, _ => collector.Latencies.ReadAsync([Selection.Parse("h7->all")], range, null).GetAwaiter().GetResult());
        var naive = await engine.FillNaiveAsync(all);
        var (askNaive, _) = Clock.Time(5, _ => engine.AskNaiveAsync(7).GetAwaiter().GetResult());
        Console.WriteLine($"host pairs of 10 minutes: {(double)ours / Probes:F2} bytes a probe; one row a probe {(double)naive / Probes:F1}; ratio {(double)naive / ours:F0}");
        Console.WriteLine($"P50 and P99 of a host's 30,000 probes: {ask.TotalMilliseconds:F0} ms; from one row a probe {askNaive.TotalMilliseconds:F0} ms");
    }

    private static async Task MeasureWeekAsync(Engine engine)
    {
        var topology = Build(Pods, HostsPerPod);
        var pods = await engine.Store.AddNamesAsync([.. topology.Pods.Select(pod => new Name(NameKind.Pod, pod.Path))]);
        var hosts = await engine.Store.AddNamesAsync([.. topology.Hosts.Select(host => new Name(NameKind.Host, host.Name))]);
        var random = new Random(1);
        var samples = Enumerable.Range(0, 100).Select(_ => Sample(random, 1_728)).ToArray();
        var began = TimeProvider.System.GetTimestamp();
        for (var hour = 0; hour < 7 * 24; hour++)
        {
            var rows = Enumerable.Range(0, Pods).Select(pod => new WindowRow(
                WindowLevel.HostAsSource, Monday + (hour * 3_600), Series, pods[pod],
                [.. Enumerable.Range(0, HostsPerPod).Select(host => KeyValuePair.Create(hosts[(pod * HostsPerPod) + host], samples[random.Next(100)])).OrderBy(cell => cell.Key)]));
            await engine.Store.WriteAsync(new Flush("bench", hour + 1, rows, [], []));
        }

        Console.WriteLine($"a week of 10,000 hosts, one minute of each hour: written in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        began = TimeProvider.System.GetTimestamp();
        await engine.KeepAsync(Monday + (7 * Day));
        Console.WriteLine($"  rolled up into hours and days in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s; {await engine.BytesAsync() >> 20} MB");
        await using var collector = await engine.StartAsync(new ServiceMap(topology, []), Monday + (7 * Day));
        Report("SLA of the dc over a day", () => collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Dc, new TimeRange(Monday + Day, Monday + (2 * Day)))).GetAwaiter().GetResult());
        Report("SLA of the dc over a day from 12:30 on", () => collector.Slas.ReadAsync(new SlaQuery(SlaLevel.Dc, new TimeRange(Monday + Day + 45_000, Monday + (2 * Day) + 45_000))).GetAwaiter().GetResult());
        Report("CDF of the dc over the week", () => collector.Latencies.ReadAsync([Selection.Parse("dc")], new TimeRange(Monday, Monday + (7 * Day)), null).GetAwaiter().GetResult());
        Report("its course in steps of an hour", () => collector.Latencies.ReadAsync([Selection.Parse("dc")], new TimeRange(Monday, Monday + (7 * Day)), 3_600).GetAwaiter().GetResult());
    }

    private static async Task MeasureMapAsync(Engine engine)
    {
        var topology = Build(MapPods, 1);
        var pods = await engine.Store.AddNamesAsync([.. topology.Pods.Select(pod => new Name(NameKind.Pod, pod.Path))]);
        var random = new Random(1);
        var samples = Enumerable.Range(0, 1_000).Select(_ => Sample(random, 40)).ToArray();
        var rows = Enumerable.Range(0, MapPods).Select(pod => new WindowRow(
            WindowLevel.PodPair, Monday, Series, pods[pod], [.. pods.Order().Select(target => KeyValuePair.Create(target, samples[random.Next(1_000)]))]));
        await engine.Store.WriteAsync(new Flush("bench", 1, rows, [], []));
        await using var collector = await engine.StartAsync(new ServiceMap(topology, []), Monday + 60);
        var query = new HeatmapQuery(new TimeRange(Monday, Monday + 60));
        Report("heatmap of 1000 x 1000 pods from a stored minute", () => collector.Heatmaps.ReadAsync(query).GetAwaiter().GetResult());
    }

    private static void Report(string what, Action ask)
    {
        var (median, worst) = Clock.Time(5, _ => ask());
        Console.WriteLine($"  {what}: {median.TotalMilliseconds:F0} ms (worst {worst.TotalMilliseconds:F0})");
    }

    private static Measurement Sample(Random random, int probes)
    {
        var measurement = new Measurement();
        for (var i = 0; i < probes; i++) measurement.AddRtt(Rtt(random, 268));
        return measurement;
    }

    // Log-normal with the paper's tail of one in a hundred (section 4.1), in the kernel's whole microseconds.
    private static long Rtt(Random random, double median)
    {
        var spread = Math.Exp(0.15 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        var tail = random.Next(100) == 0 ? 4 + (4 * random.NextDouble()) : 1;
        return (long)(median * spread * tail) * 1_000;
    }

    private static Topology Build(int pods, int hosts)
    {
        var builder = new TopologyBuilder();
        for (var host = 0; host < pods * hosts; host++)
            builder.AddHost("dc", $"ps{host / hosts / 20}", $"pod{host / hosts}", $"h{host}", [new IPAddress([10, (byte)(host >> 16), (byte)(host >> 8), (byte)host])]);
        return builder.Build();
    }

    private sealed class StoppedClock(long unixSeconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
    }

    /// <summary>One of the engines, with the usual table of one row a probe beside our tables.</summary>
    private sealed class Engine(SqliteStore file, string path, ClickHouseStore? tables, ClickHouseClient? client) : IAsyncDisposable
    {
        public IMeasurementStore Store => tables ?? file.Measurements;

        public static async Task<Engine> OpenAsync(string folder, string name, Uri? clickHouse)
        {
            var path = Path.Combine(folder, $"{name}.db");
            var file = SqliteStore.Open(path, TimeProvider.System);
            if (clickHouse is null) return new Engine(file, path, null, null);
            var settings = new ClickHouseSettings { Urls = [clickHouse], Database = $"pingmesh_bench_{name}" };
            var client = new ClickHouseClient(settings);
            await client.RunAsync($"DROP DATABASE IF EXISTS {settings.Database}", default);
            using (var schema = new ClickHouseSchema(settings)) await schema.MigrateAsync(_ => { });
            return new Engine(file, path, await ClickHouseStore.OpenAsync(settings, "bench", TimeProvider.System), client);
        }

        public Task<Collector> StartAsync(ServiceMap services, long now) =>
            Collector.StartAsync(Store, file.Journal, () => services, new StoppedClock(now), NullLoggerFactory.Instance, new CollectorOptions());

        /// <summary>Compacts, rolls up, and deletes what does not count any more.</summary>
        public async Task KeepAsync(long endedBy)
        {
            while (await Store.CompactAsync(endedBy))
            {
            }

            // ClickHouse leaves what was merged for an hour to those who may read it; its bytes do not belong to the result.
            while (await Store.ExpireAsync(new Retention(), DateTimeOffset.FromUnixTimeSeconds(endedBy)))
            {
            }

            if (client is null) return;
            var database = client.Settings.Database;
            await client.RunAsync($"ALTER TABLE {database}.windows_local DELETE WHERE flush IN (SELECT arrayJoin(replaces) FROM {database}.commits_local)", default);
            while (await client.ValueAsync($"SELECT count() FROM system.mutations WHERE database = '{database}' AND NOT is_done", default) != "0") await Task.Delay(100);
            await client.RunAsync($"OPTIMIZE TABLE {database}.windows_local FINAL", default);
        }

        public async Task<long> BytesAsync() => client is null
            ? Number("SELECT sum(length(cells)) + 40 * count(*) FROM windows")
            : long.Parse(await client.ValueAsync($"SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = '{client.Settings.Database}' AND table = 'windows_local'", default), CultureInfo.InvariantCulture);

        public async Task<long> FillNaiveAsync(List<(int Source, int Target, long At, bool IsLost, long Rtt)> probes)
        {
            if (client is null) return FillNaive(probes);
            var database = client.Settings.Database;
            await client.RunAsync($"CREATE TABLE {database}.valu (src UInt32, dst UInt32, loss UInt8, tss DateTime, rttmin UInt32, rttavg UInt32, rttmax UInt32) ENGINE = MergeTree PARTITION BY toYYYYMM(tss) ORDER BY (src, dst, tss)", default);
            foreach (var some in probes.Chunk(500_000))
            {
                var writer = new RowBinaryWriter();
                foreach (var (source, target, at, isLost, rtt) in some)
                {
                    writer.UInt32((uint)source);
                    writer.UInt32((uint)target);
                    writer.UInt8(isLost ? 1 : 0);
                    writer.DateTime(at);
                    for (var i = 0; i < 3; i++) writer.UInt32((uint)(rtt / 1_000));
                }

                await client.InsertAsync($"{database}.valu", "src, dst, loss, tss, rttmin, rttavg, rttmax", writer.Written, default);
            }

            await client.RunAsync($"OPTIMIZE TABLE {database}.valu FINAL", default);
            return long.Parse(await client.ValueAsync($"SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = '{database}' AND table = 'valu'", default), CultureInfo.InvariantCulture);
        }

        public async Task AskNaiveAsync(int source)
        {
            if (client is not null)
            {
                await client.ValueAsync($"SELECT quantilesExact(0.5, 0.99)(rttavg) FROM {client.Settings.Database}.valu WHERE src = {source} AND tss >= toDateTime({Monday}) AND tss < toDateTime({Monday + 600}) AND loss = 0", default);
                return;
            }

            Number($"WITH r AS (SELECT rttavg FROM valu WHERE src = {source} AND tss >= {Monday} AND tss < {Monday + 600} AND loss = 0 ORDER BY rttavg) SELECT rttavg FROM r LIMIT 1 OFFSET (SELECT count(*) * 99 / 100 FROM r)");
        }

        public async ValueTask DisposeAsync()
        {
            if (client is not null) await client.RunAsync($"DROP DATABASE {client.Settings.Database}", default);
            tables?.Dispose();
            client?.Dispose();
            file.Dispose();
        }

        private long FillNaive(List<(int Source, int Target, long At, bool IsLost, long Rtt)> probes)
        {
            using var connection = Connect("valu");
            Run("CREATE TABLE valu (src INTEGER, dst INTEGER, loss INTEGER, tss INTEGER, rttmin INTEGER, rttavg INTEGER, rttmax INTEGER); CREATE INDEX by_source ON valu (src, tss); BEGIN");
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO valu VALUES ($a, $b, $c, $d, $e, $e, $e)";
            SqliteParameter[] parameters = [.. "abcde".Select(letter => $"${letter}").Select(name => insert.Parameters.Add(new SqliteParameter { ParameterName = name }))];
            foreach (var (source, target, at, isLost, rtt) in probes)
            {
                (parameters[0].Value, parameters[1].Value, parameters[2].Value, parameters[3].Value, parameters[4].Value) = (source, target, isLost ? 1 : 0, at, rtt / 1_000);
                insert.ExecuteNonQuery();
            }

            Run("COMMIT");
            return new FileInfo($"{path}.valu").Length;

            void Run(string sql)
            {
                using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this file.
                command.CommandText = sql;
#pragma warning restore CA2100
                command.ExecuteNonQuery();
            }
        }

        private long Number(string sql)
        {
            using var connection = Connect(sql.Contains("FROM valu", StringComparison.Ordinal) ? "valu" : null);
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this file.
            command.CommandText = sql;
#pragma warning restore CA2100
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }

        private SqliteConnection Connect(string? table)
        {
            var connection = new SqliteConnection($"Data Source={(table is null ? path : $"{path}.{table}")};Pooling=False");
            connection.Open();
            return connection;
        }
    }
}
