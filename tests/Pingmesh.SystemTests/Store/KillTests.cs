using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Topologies;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.SystemTests.Store;

public class KillTests(ITestOutputHelper output)
{
    private const int Kills = 50;

    private static readonly ServiceMap NoServices = new(Topology.Empty, []);

    // Rounds of 50 kills, each on a store of its own. One in ./test; PINGMESH_KILL_ROUNDS=40 makes it 2,000 kills, in about half an hour.
    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("PINGMESH_KILL_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_acknowledged_counts_exactly_once_when_the_collector_is_killed_at_any_moment()
    {
        var accepted = 0;
        for (var round = 0; round < Rounds; round++) accepted += await RunRoundAsync();
        output.WriteLine($"{Kills * Rounds} kills, {accepted} uploads accepted");
    }

    private static async Task<int> RunRoundAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-kill-");
        try
        {
            var path = Path.Combine(folder.FullName, "kill.db");
            var random = new Random();
            var acknowledged = new HashSet<int>();
            var sent = 1;
            for (var kill = 0; kill < Kills; kill++)
            {
                var seen = await RunAndKillAsync(path, sent, random);
                acknowledged.UnionWith(seen);

                // Four in flight when it was killed; their fate is open.
                sent += seen.Count + 4;
            }

            Assert.True(acknowledged.Count > Kills * 4, $"only {acknowledged.Count} uploads were accepted");
            await CheckAsync(path, sent, acknowledged);
            return acknowledged.Count;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<int>> RunAndKillAsync(string path, int first, Random random)
    {
        using var process = KilledProcess.Start(path, first);
        var seen = new List<int>();
        var said = new List<string>();
        using var timer = new Timer(_ => process.Kill(), null, Timeout.Infinite, Timeout.Infinite);
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                said.Add(line);
                continue;
            }

            // The clock starts with the first upload, so that every run gets that far.
            if (seen.Count == 0) timer.Change(random.Next(120), Timeout.Infinite);
            seen.AddRange(Enumerable.Range(sequence, 4));
        }

        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 137, string.Join('\n', said));
        return seen;
    }

    private static async Task CheckAsync(string path, int sent, HashSet<int> acknowledged)
    {
        using var store = SqliteStore.Open(path, TimeProvider.System);
        await using var collector = await Collector.StartAsync(
            store.Measurements, store.Journal, () => NoServices, TimeProvider.System, NullLoggerFactory.Instance, new CollectorOptions());
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var range = new TimeRange(now - 7_200, now + 600);
        var pairs = await collector.HostPairs.CountAsync(range, Cancellation);
        Assert.InRange(pairs.HostPairs, acknowledged.Count, sent);

        var missing = new List<int>();
        for (var sequence = 1; sequence < sent; sequence++)
        {
            // Reading 10-minute rows for each of thousands is slow: all of the unacknowledged, a share of the others.
            if (acknowledged.Contains(sequence) && sequence % 23 != 0) continue;
            var figures = (await collector.HostPairs.ReadAsync(KilledProcess.Host, KilledProcess.TargetOf(sequence).ToString(), range, Cancellation)).Figures;
            Assert.InRange(figures.Probes, 0, 1);
            if (figures.Probes == 0 && acknowledged.Contains(sequence)) missing.Add(sequence);
        }

        Assert.Empty(missing);
    }
}
