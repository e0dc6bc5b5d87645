using System.Diagnostics;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.SystemTests.Store;

/// <summary>
/// A collector in a process of its own, which tells each upload that it accepted, until it is killed. The process is
/// this test program again, told to run the one explicit test here, which no ordinary run does.
/// </summary>
public class KilledProcess
{
    private static readonly ServiceMap NoServices = new(Topology.Empty, []);

    public const string Host = "h1";

    private const string Variable = "PINGMESH_TEST_COLLECTOR";

    /// <summary>Starts it on a store's file; it sends sequences from <paramref name="first"/> on and prints each accepted one.</summary>
    public static Process Start(string path, int first)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") info.ArgumentList.Add(typeof(KilledProcess).Assembly.Location);
        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledProcess).FullName}.{nameof(Collector_runs_until_it_is_killed)}" })
            info.ArgumentList.Add(argument);
        info.Environment[Variable] = $"{first} {path}";
        return Process.Start(info)!;
    }

    /// <summary>The address that the probe of a sequence went to: a cell of its own.</summary>
    public static IPAddress TargetOf(int sequence) => new([10, (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence]);

    [Fact(Explicit = true)]
    public async Task Collector_runs_until_it_is_killed()
    {
        var order = Environment.GetEnvironmentVariable(Variable)?.Split(' ', 2);
        Assert.SkipWhen(order is null, "is a part of KillTests");
        await RunAsync(order[1], int.Parse(order[0], CultureInfo.InvariantCulture));
    }

    private static async Task RunAsync(string path, int first)
    {
        using var store = SqliteStore.Open(path, TimeProvider.System);
        var options = new CollectorOptions { FlushInterval = TimeSpan.FromMilliseconds(15) };
        await using var collector = await Collector.StartAsync(
            store.Measurements, store.Journal, () => NoServices, TimeProvider.System, NullLoggerFactory.Instance, options);
        var output = Console.OpenStandardOutput();
        var window = Core.Windows.StartOf(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), Core.Windows.LiveSeconds);
        for (var sequence = first; ; sequence += 4)
        {
            var results = await Task.WhenAll(Enumerable.Range(sequence, 4).Select(one => collector.Ingest.AcceptAsync(Batch(one, window))));
            if (results.Any(result => result.Status != IngestStatus.Accepted)) throw new InvalidOperationException(results[0].ToString());

            // On a line of its own, whatever the test runner is in the middle of writing.
            output.Write(System.Text.Encoding.ASCII.GetBytes($"\n{sequence}\n"));
        }
    }

    private static byte[] Batch(int sequence, long window)
    {
        var measurement = new Measurement();
        measurement.AddFailures(ProbeError.Timeout, 1);
        var rows = new[] { KeyValuePair.Create(AddressKey.Of(TargetOf(sequence)), measurement) };
        var series = new Series { Kind = 1, ProbeClass = 1, Columns = ColumnsCodec.Encode(rows, 1_000) };
        var batch = new MeasurementBatch { Host = Host, Epoch = 1, Sequence = (ulong)sequence };
        batch.Windows.Add(new WindowMeasurements { StartUnixS = window, LengthS = Core.Windows.LiveSeconds, Series = { series } });
        return batch.ToByteArray();
    }
}
