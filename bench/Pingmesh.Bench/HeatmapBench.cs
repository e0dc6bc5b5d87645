using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Bench;

/// <summary>The live heatmap of 1000 x 1000 pods, against merging as many cells without reading a percentile of any.</summary>
internal static class HeatmapBench
{
    private const int Pods = 1_000;
    private const int RttsPerCell = 40;

    /// <summary>Each pod has 40 probes to each other, half in one window of 10 s and half in the one before.</summary>
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-bench-");
        try
        {
            using var store = SqliteStore.Open(Path.Combine(folder.FullName, "bench.db"), TimeProvider.System);
            var services = new ServiceMap(BuildTopology(), []);
            var options = new CollectorOptions { FlushInterval = TimeSpan.FromHours(1), FlushBytes = long.MaxValue / 8 };
            await using var collector = await Collector.StartAsync(
                store.Measurements, store.Journal, () => services, new StoppedClock(), NullLoggerFactory.Instance, options);
            var fill = await FillAsync(collector);
            Console.WriteLine($"2 million rows taken in in {fill.TotalSeconds:F1} s; memory in use {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB");

            var cells = 0;
            var (map, worst) = Clock.Time(9, _ => cells = collector.Heatmaps.ReadAsync(new HeatmapQuery()).GetAwaiter().GetResult().States.Length);
            var random = new Random(1);
            var samples = Enumerable.Range(0, 1_000).Select(_ => Cell(random)).ToArray();
            long merged = 0;
            var (merge, _) = Clock.Time(9, _ =>
            {
                for (var i = 0; i < Pods * Pods; i++)
                {
                    var sum = new Measurement();
                    sum.Merge(samples[i % 1_000]);
                    sum.Merge(samples[(i + 1) % 1_000]);
                    merged += sum.Probes;
                }
            });
            Console.WriteLine(
                $"map of {cells:N0} cells {map.TotalMilliseconds:F0} ms (worst {worst.TotalMilliseconds:F0}); only merging them {merge.TotalMilliseconds:F0} ms; ratio {map / merge:F2}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan> FillAsync(Collector collector)
    {
        var window = StoppedClock.Now.ToUnixTimeSeconds();
        var random = new Random(1);
        var took = TimeSpan.Zero;
        for (var pod = 0; pod < Pods; pod++)
        {
            var rows = Enumerable.Range(0, Pods).Select(target => KeyValuePair.Create(AddressKey.Of(Address(target)), Cell(random))).ToList();
            var series = new Series { Kind = 1, ProbeClass = 2, Columns = ColumnsCodec.Encode(rows, 1_000) };
            var batch = new MeasurementBatch { Host = $"h{pod}", Epoch = 1, Sequence = 1 };
            foreach (var start in new[] { window - 10, window })
                batch.Windows.Add(new WindowMeasurements { StartUnixS = start, LengthS = Pingmesh.Core.Windows.LiveSeconds, Series = { series } });
            var bytes = batch.ToByteArray();
            var began = TimeProvider.System.GetTimestamp();
            var result = await collector.Ingest.AcceptAsync(bytes);
            took += TimeProvider.System.GetElapsedTime(began);
            if (result.Status != IngestStatus.Accepted) throw new InvalidOperationException(result.Problem);
        }

        return took;
    }

    private static Measurement Cell(Random random)
    {
        var measurement = new Measurement();
        for (var i = 0; i < RttsPerCell / 2; i++) measurement.AddRtt((long)(200 * Math.Exp(random.NextDouble() * 2)) * 1_000);
        return measurement;
    }

    private static Topology BuildTopology()
    {
        var builder = new TopologyBuilder();
        for (var pod = 0; pod < Pods; pod++) builder.AddHost("dc", $"ps{pod / 20}", $"pod{pod}", $"h{pod}", [Address(pod)]);
        return builder.Build();
    }

    private static IPAddress Address(int pod) => new([10, 0, (byte)(pod >> 8), (byte)pod]);

    // However long it takes to fill, the map is that of one moment.
    private sealed class StoppedClock : TimeProvider
    {
        public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
