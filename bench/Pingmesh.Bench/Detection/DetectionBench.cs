using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Bench.Detection;

/// <summary>
/// Simulates a fleet with faults, one after another or two at a time, with hosts that fail and are noisy, and scores what detection says of them. Without faults it
/// counts what detection says nevertheless.
/// </summary>
internal static class DetectionBench
{
    /// <summary>DSCP of the second class of the simulated mesh.</summary>
    public const byte LowClass = 8;

    private static readonly TimeSpan Settle = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(string[] args)
    {
        var hosts = Number("hosts", 10_000);
        var rounds = Number("rounds", 5);
        var atOnce = Number("at-once", 1);
        var minutes = Number("healthy-minutes", 0);
        var seed = (ulong)Number("seed", 1);
        var interval = TimeSpan.FromSeconds(Number("interval", 60));
        var only = args.FirstOrDefault(arg => arg.StartsWith("only=", StringComparison.Ordinal))?[5..];
        var pods = Math.Max(2, (int)Math.Ceiling(hosts / 40.0));
        var podsets = Math.Max(2, (int)Math.Ceiling(pods / 25.0));
        var shape = new FabricShape { Podsets = podsets, Pods = (int)Math.Ceiling((double)pods / podsets), Leaves = 4, Spines = 16, Hosts = Math.Min(40, hosts / 2) };
        var fabric = new Fabric(shape);
        var start = new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
        var time = new VirtualTime(start);
        var faults = minutes > 0 ? [] : Draw(fabric, rounds, atOnce, seed, only);
        var duration = minutes > 0 ? TimeSpan.FromMinutes(minutes) : faults.Max(fault => fault.Fault.Until!.Value) + TimeSpan.FromMinutes(2);
        var mesh = new MeshSettings
        {
            Graphs =
            [
                new MeshGraph { Interval = interval },
                new MeshGraph { Name = "payload", Kind = ProbeKind.TcpPayload, PayloadBytes = 4_000, Interval = 3 * interval },
                new MeshGraph { Name = "low", Dscp = LowClass, Port = Ports.QosResponder, Interval = 3 * interval },
            ],
        };
        var simulator = new Simulator(
            fabric,
            new SimulationSettings
            {
                Start = start, Duration = TimeSpan.FromSeconds(Math.Ceiling(duration.TotalSeconds / 10) * 10), Mesh = mesh, Seed = seed, Profile = 1, HostFailuresPerDay = 0.01, HostNoisePerDay = 1,
                Faults = [.. faults.Select(fault => fault.Fault)],
            },
            time);
        var services = new ServiceMap(simulator.Topology, []);
        using var book = await IncidentBook.OpenAsync(new MemoryDocuments(), time);
        var detector = new Detector(() => services, simulator.Tests(), book, time, args.Contains("debug") ? new Told(time, start) : NullLogger<Detector>.Instance);
        var sink = new DetectionSink(detector, time, start);
        Console.WriteLine(
            $"{fabric.Hosts.Count} hosts, {shape.PodCount} pods, {shape.Podsets} podsets, {shape.Leaves} leaves each, {shape.Spines} spines; every pair each {interval.TotalSeconds:F0} s; {simulator.Targets} targets; {faults.Count} faults, {atOnce} at a time, in {duration}; seed {seed}");
        var begun = Stopwatch.StartNew();
        var shown = TimeSpan.Zero;
        await simulator.RunAsync(
            sink,
            new Immediate<TimeSpan>(at =>
            {
                if (at - shown < TimeSpan.FromMinutes(10)) return;
                shown = at;
                Console.Error.WriteLine($"{at} of {duration}, {at / begun.Elapsed:F1} times real time, {book.Current.Count} incidents");
            }),
            CancellationToken.None);
        Console.WriteLine($"simulated {duration} in {begun.Elapsed}; a look with its investigations {sink.Looking.TotalMilliseconds / sink.Looks:F0} ms");
        if (minutes > 0)
        {
            foreach (var incident in sink.Seen.GroupBy(one => one.Incident.Id).Select(versions => versions.Last().Incident)) Console.WriteLine($"  {incident.Kind} {incident.Scope}: {incident.Summary}");
            var network = sink.Seen.Where(one => one.Incident.Kind != IncidentKind.HostDown).DistinctBy(one => one.Incident.Id).Count();
            Console.WriteLine($"healthy: {network} incidents of the network in {duration}, and {sink.Seen.Where(one => one.Incident.Kind == IncidentKind.HostDown).DistinctBy(one => one.Incident.Id).Count()} of hosts that failed");
            return;
        }

        if (args.Contains("timeline"))
        {
            foreach (var (at, incident) in sink.Seen.OrderBy(one => one.At)) Console.WriteLine($"{at} {incident.Id} v{incident.Version} {incident.State} {incident.Kind} {incident.Scope} {incident.Tier} {incident.Figures.Rate:P3} of {incident.Figures.Probes}: {(incident.Suspects.Count > 0 ? $"{incident.Suspects[0].Name} {incident.Suspects[0].Score:F2}" : "-")} last {incident.LastSymptom - start}");
        }

        new DetectionScore(faults, sink.Seen, start).Print(details: true);

        int Number(string name, int usual) =>
            args.FirstOrDefault(arg => arg.StartsWith(name + "=", StringComparison.Ordinal)) is { } arg ? int.Parse(arg[(name.Length + 1)..], CultureInfo.InvariantCulture) : usual;
    }

    private static List<ScoredFault> Draw(Fabric fabric, int rounds, int atOnce, ulong seed, string? only)
    {
        var draw = new FaultDraw(fabric, seed);
        var faults = new List<ScoredFault>();
        var groups = FaultDraw.Groups.Where(group => only is null || only.Split(',').Any(one => group.StartsWith(one, StringComparison.Ordinal))).ToList();
        var at = Settle;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < groups.Count; i += atOnce)
            {
                // Those at one time are of different groups.
                var together = Enumerable.Range(0, atOnce).Select(n => draw.Draw(groups[(i + (n * (groups.Count / atOnce))) % groups.Count], at)).ToList();
                faults.AddRange(together);
                at = together.Max(fault => fault.Fault.Until!.Value) + Between;
            }
        }

        return faults;
    }

    private sealed class Told(TimeProvider time, DateTimeOffset start) : ILogger<Detector>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.WriteLine($"{time.GetUtcNow() - start} {formatter(state, exception)} {exception}");
    }

    // Progress<T> tells later, on other threads.
    private sealed class Immediate<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
