using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Bench;

/// <summary>
/// How many probes a collector takes in, and what it holds meanwhile: three minutes of a mesh of 10,000 hosts in 250 pods,
/// every host with 288 peers (39 of its pod, one of each other pod), each probed every 10 s. The baseline unzips and reads the
/// same uploads and does nothing with them.
/// </summary>
internal static class IngestBench
{
    private const int Pods = 250;
    private const int HostsPerPod = 40;
    private const int WindowCount = 18;
    private const int Senders = 64;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync()
    {
        var uploads = MakeUploads();
        var probes = (long)Pods * HostsPerPod * (HostsPerPod - 1 + Pods - 1) * WindowCount;
        var bytes = uploads.Sum(window => window.Sum(upload => (long)upload.Length));
        Console.WriteLine($"{probes:N0} probes in {uploads.Sum(window => window.Length):N0} uploads, {(double)bytes / probes:F2} bytes a probe on the wire");

        var began = TimeProvider.System.GetTimestamp();
        Parallel.ForEach(uploads.SelectMany(window => window), upload => MeasurementBatch.Parser.ParseFrom(Unzip(upload)));
        var reading = TimeProvider.System.GetElapsedTime(began);

        var folder = Directory.CreateTempSubdirectory("pingmesh-bench-");
        try
        {
            var path = Path.Combine(folder.FullName, "bench.db");
            using var store = SqliteStore.Open(path, TimeProvider.System);
            var services = new ServiceMap(BuildTopology(), []);
            var clock = new WindowClock();
            await using var collector = await Collector.StartAsync(store.Measurements, store.Journal, () => services, clock, NullLoggerFactory.Instance, new CollectorOptions());
            var cpu = Environment.CpuUsage.TotalTime;
            began = TimeProvider.System.GetTimestamp();
            long most = 0;
            var flushing = TimeSpan.Zero;
            for (var window = 0; window < WindowCount; window++)
            {
                clock.Now = Start.AddSeconds((window + 1) * 10);
                await SendAsync(collector, uploads[window]);

                // As in life: what a minute gathered is flushed while the next minute comes.
                var sent = TimeProvider.System.GetTimestamp();
                if (window % 6 == 5) await collector.FlushAsync();
                flushing += TimeProvider.System.GetElapsedTime(sent);
                most = Math.Max(most, Environment.WorkingSet);
            }

            var took = TimeProvider.System.GetElapsedTime(began);
            var used = Environment.CpuUsage.TotalTime - cpu;
            Console.WriteLine($"taken in and flushed in {took.TotalSeconds:F1} s (flushing {flushing.TotalSeconds:F1} s): {probes / took.TotalSeconds:N0} probes/s; CPU {used.TotalMicroseconds / probes:F2} us a probe; only reading the uploads {reading.TotalSeconds:F1} s; ratio {took / reading:F2}");
            Console.WriteLine($"of it managed {GC.GetTotalMemory(forceFullCollection: true) >> 20:N0} MB after the last flush, {collector.Counts().LiveCells:N0} cells of live windows");
            Console.WriteLine($"most memory {most >> 20:N0} MB with {probes / WindowCount * 6:N0} probes a minute");
            began = TimeProvider.System.GetTimestamp();
            while (await store.Measurements.CompactAsync(Start.AddMinutes(20).ToUnixTimeSeconds()))
            {
            }

            Console.WriteLine($"compacted in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s; store {new FileInfo(path).Length / (double)probes:F2} bytes a probe with the journal's free space");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task SendAsync(Collector collector, byte[][] uploads)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            for (int at; (at = Interlocked.Increment(ref next)) < uploads.Length;)
            {
                IngestResult result;
                while ((result = await collector.Ingest.AcceptAsync(Unzip(uploads[at]))).Status is IngestStatus.Busy or IngestStatus.Unavailable) await Task.Delay(20);
                if (result.Status != IngestStatus.Accepted) throw new InvalidOperationException(result.Problem);
            }
        })));
    }

    private static byte[][][] MakeUploads()
    {
        var random = new Random(1);
        var uploads = new byte[WindowCount][][];
        for (var window = 0; window < WindowCount; window++)
        {
            uploads[window] = new byte[Pods * HostsPerPod][];
            for (var host = 0; host < uploads[window].Length; host++) uploads[window][host] = MakeUpload(random, host, window);
        }

        return uploads;
    }

    private static byte[] MakeUpload(Random random, int host, int window)
    {
        var (pod, index) = (host / HostsPerPod, host % HostsPerPod);
        var near = Enumerable.Range(0, HostsPerPod).Where(other => other != index).Select(other => (pod * HostsPerPod) + other);
        var far = Enumerable.Range(0, Pods).Where(other => other != pod).Select(other => (other * HostsPerPod) + index);
        var measured = new WindowMeasurements { StartUnixS = Start.ToUnixTimeSeconds() + (window * 10), LengthS = Core.Windows.LiveSeconds };
        foreach (var (probeClass, peers) in new[] { (1u, near), (2u, far) })
        {
            var rows = peers.Select(peer => KeyValuePair.Create(AddressKey.Of(Address(peer)), Probe(random))).OrderBy(row => row.Key).ToList();
            measured.Series.Add(new Series { Kind = 1, ProbeClass = probeClass, Columns = ColumnsCodec.Encode(rows, 1_000) });
        }

        return Zip(new MeasurementBatch { Host = $"h{host}", Epoch = 1, Sequence = (ulong)window + 1, Windows = { measured } }.ToByteArray());
    }

    private static Measurement Probe(Random random)
    {
        var measurement = new Measurement();
        if (random.Next(20_000) == 0) measurement.AddDrops(1, 0);
        else measurement.AddRtt((long)(200 * Math.Exp(random.NextDouble() * 1.5)) * 1_000);
        return measurement;
    }

    private static byte[] Zip(byte[] batch)
    {
        using var zipped = new MemoryStream(batch.Length / 2);
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal)) gzip.Write(batch);
        return zipped.ToArray();
    }

    private static byte[] Unzip(byte[] upload)
    {
        using var gzip = new GZipStream(new MemoryStream(upload), CompressionMode.Decompress);
        using var bytes = new MemoryStream(upload.Length * 3);
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static Topology BuildTopology()
    {
        var builder = new TopologyBuilder();
        for (var host = 0; host < Pods * HostsPerPod; host++)
            builder.AddHost("dc", $"ps{host / HostsPerPod / 20}", $"pod{host / HostsPerPod}", $"h{host}", [Address(host)]);
        return builder.Build();
    }

    private static IPAddress Address(int host) => new([10, (byte)(host >> 16), (byte)(host >> 8), (byte)host]);

    private sealed class WindowClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
