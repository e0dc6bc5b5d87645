using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Store;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.SystemTests.Store;

public class StoredSizeTests(ITestOutputHelper output)
{
    private const int Hosts = 200;
    private const int Peers = 500;
    private const int Probes = 60;

    /// <summary>
    /// Host pairs of 10 minutes, one probe every 10 s: each pair has a base RTT of its own (150 to 500 us, intra-pod to
    /// inter-podset), a log-normal spread (sigma 0.15) and the paper's tail (section 4.1: 1 % above four times the
    /// median), the kernel's whole microseconds, and a drop in 20,000 probes.
    /// </summary>
    [Fact]
    public async Task Host_pairs_of_ten_minutes_take_at_most_one_byte_a_probe()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-size-");
        try
        {
            var path = Path.Combine(folder.FullName, "size.db");
            using (var store = SqliteStore.Open(path, TimeProvider.System))
            {
                // Flushed every minute, as the collector does, then compacted.
                var random = new Random(42);
                var bases = Enumerable.Range(0, Hosts * Peers).Select(_ => 150 + (350 * random.NextDouble())).ToArray();
                for (var minute = 0; minute < 10; minute++)
                {
                    var rows = Enumerable.Range(0, Hosts).Select(host => Row(random, bases, host)).ToList();
                    await store.Measurements.WriteAsync(new Flush("j", minute + 1, rows, [], []), TestContext.Current.CancellationToken);
                }

                var began = TimeProvider.System.GetTimestamp();
                while (await store.Measurements.CompactAsync(600, TestContext.Current.CancellationToken))
                {
                }

                output.WriteLine($"compacted in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F2} s");
                while (await store.Measurements.ExpireAsync(new Retention(), DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken))
                {
                }
            }

            var perProbe = (double)new FileInfo(path).Length / (Hosts * Peers * Probes);
            output.WriteLine($"{perProbe:F3} bytes a probe");
            Assert.InRange(perProbe, 0.05, 1.0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static WindowRow Row(Random random, double[] bases, int host)
    {
        var cells = new List<KeyValuePair<int, Measurement>>();
        for (var peer = 0; peer < Peers; peer++)
        {
            var measurement = new Measurement();
            for (var probe = 0; probe < Probes / 10; probe++)
            {
                if (random.Next(20_000) == 0)
                {
                    measurement.AddDrops(1, 0);
                    continue;
                }

                var spread = Math.Exp(0.15 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                var tail = random.Next(100) == 0 ? 4 + (4 * random.NextDouble()) : 1;
                measurement.AddRtt((long)(bases[(host * Peers) + peer] * spread * tail) * 1_000);
            }

            cells.Add(new((peer * 3) + 1, measurement));
        }

        return new WindowRow(WindowLevel.HostPair, 0, new SeriesKey(ProbeKind.Tcp, ProbeClass.IntraDc, 0), host + 1, cells);
    }
}
