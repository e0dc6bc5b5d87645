using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Commands.Labs;
using Pingmesh.Cli.Output;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core;
using Pingmesh.Core.Yaml;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh simulate</c>.</summary>
internal static class SimulateCommand
{
    private static readonly FabricFlags Fabric = new(new FabricShape { Podsets = 4, Pods = 5, Leaves = 2, Spines = 4, Hosts = 10 });

    private static readonly Option<string> Duration = new("--duration") { Description = "Virtual time to simulate; default 1h.", HelpName = "DURATION", DefaultValueFactory = _ => "1h" };
    private static readonly Option<string?> Start = new("--start") { Description = "When it begins, such as 2026-01-01T00:00:00Z; default: so that it ends now.", HelpName = "TIME" };
    private static readonly Option<string> Interval = new("--interval") { Description = "Time between two probes of a peer; default 10s, which is also the least.", HelpName = "DURATION", DefaultValueFactory = _ => "10s" };
    private static readonly Option<string?> MeshFile = new("--mesh") { Description = "Mesh file: who probes whom and how; default: the paper's graph, TCP.", HelpName = "FILE" };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "What all chance comes from; default 1. The same seed, start and flags give the same uploads to the byte.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private static readonly Option<int?> Agents = new("--agents") { Description = "How many hosts report, spread evenly; default all. The others answer and are silent.", HelpName = "N" };
    private static readonly Option<int?> Profile = new("--profile") { Description = "The paper's data center, 1 to 5, that all are like; default: dc1 like DC1, dc2 like DC2 and so on.", HelpName = "N" };
    private static readonly Option<double> HostFailures = new("--host-failures") { Description = "How often a host fails in a day, for 2 to 30 minutes; default 0.", HelpName = "RATE" };
    private static readonly Option<double> HostNoise = new("--host-noise") { Description = "How often a host stalls in a day, which its agent marks; default 0.", HelpName = "RATE" };
    private static readonly Option<string?> Faults = new("--faults") { Description = "Scenario file: faults with their times. The kinds are those of 'pingmesh lab fault kinds'.", HelpName = "FILE" };
    private static readonly Option<string?> Data = new("--data") { Description = "Folder to keep what is measured in, for a server to open afterwards; default: nothing is kept.", HelpName = "DIR" };
    private static readonly Option<string?> Server = new("--server") { Description = "Server to upload to, through its API, instead of analysing in this process.", HelpName = "URL" };
    private static readonly Option<string?> Token = new("--token") { Description = "The agents' token for the server.", HelpName = "TOKEN" };
    private static readonly Option<string?> TopologyFile = new("--write-topology") { Description = "Write the topology file and end: what a server needs before it can be uploaded to.", HelpName = "FILE" };
    private static readonly Option<bool> Json = JsonOutput.Option();

    public static Command Create()
    {
        var command = new Command(
            "simulate",
            """
            Simulate the agents of a data center without a packet: real pinglists and uploads over latencies and drops of the
            paper's distributions, with faults, in virtual time, far faster than real time.

            Example: pingmesh simulate --duration 1h --faults examples/scenario.yaml --data /tmp/simulated
            """);
        Fabric.AddTo(command);
        foreach (var option in new Option[] { Duration, Start, Interval, MeshFile, Seed, Agents, Profile, HostFailures, HostNoise, Faults, Data, Server, Token, TopologyFile, Json }) command.Add(option);
        command.SetAction((flags, _) => RunAsync(flags));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult flags)
    {
        var shape = Fabric.Read(flags);
        if (shape.Problem is { } problem) throw new UsageException(problem);
        if (flags.GetValue(Server) is not null && flags.GetValue(Data) is not null) throw new UsageException("--server and --data are both given; keep one");
        var fabric = new Fabric(shape);
        if (flags.GetValue(TopologyFile) is { } path)
        {
            await File.WriteAllTextAsync(path, FabricYaml.Write(fabric, "pingmesh simulate"));
            Console.WriteLine($"{path}: {shape}");
            return CommandLine.Ok;
        }

        var settings = ReadSettings(flags, fabric);
        using var signals = new Signals();
        var folder = flags.GetValue(Data) is { } data ? StateFolder.Ensure(data, "--data") : Directory.CreateTempSubdirectory("pingmesh-simulate-").FullName;
        try
        {
            var time = new VirtualTime(settings.Start);
            var simulator = new Simulator(fabric, settings, time);
            var watch = Stopwatch.StartNew();
            SimulationResult result;
            if (flags.GetValue(Server) is { } server)
            {
                using var sink = new ServerSink(ReadServer(server), flags.GetValue(Token), folder);
                result = await simulator.RunAsync(sink, Progress(settings.Duration), signals.Token);
            }
            else
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "topology.yaml"), FabricYaml.Write(fabric, "pingmesh simulate"));
                await using var sink = await CollectorSink.OpenAsync(Path.Combine(folder, "pingmesh.db"), simulator.Topology, time, NullLoggerFactory.Instance);
                result = await simulator.RunAsync(sink, Progress(settings.Duration), signals.Token);
            }

            Show(flags, simulator, settings, result, watch.Elapsed);
            return CommandLine.Ok;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped before the end");
            return CommandLine.Failed;
        }
        finally
        {
            if (flags.GetValue(Data) is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static SimulationSettings ReadSettings(ParseResult flags, Fabric fabric)
    {
        var duration = FlagRanges.Duration("--duration", flags.GetValue(Duration)!, TimeSpan.FromSeconds(10), TimeSpan.FromDays(366));
        duration = TimeSpan.FromSeconds(Math.Ceiling(duration.TotalSeconds / Core.Windows.LiveSeconds) * Core.Windows.LiveSeconds);
        var start = DateTimeOffset.UtcNow - duration;
        if (flags.GetValue(Start) is { } text && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start))
            throw new UsageException($"--start: '{text}' is no time; write for example 2026-01-01T00:00:00Z");
        if (flags.GetValue(Agents) is { } agents and < 1) throw new UsageException($"--agents: {agents} is out of range; it is at least 1");
        if (flags.GetValue(Profile) is { } profile and (< 1 or > 5)) throw new UsageException($"--profile: {profile} is out of range; it goes from 1 to 5");
        foreach (var (flag, rate) in new[] { ("--host-failures", flags.GetValue(HostFailures)), ("--host-noise", flags.GetValue(HostNoise)) })
        {
            if (!(rate is >= 0 and <= 100)) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{flag}: {rate} is out of range; it goes from 0 to 100 a day"));
        }

        return new SimulationSettings
        {
            Start = DateTimeOffset.FromUnixTimeSeconds(Core.Windows.StartOf(start.ToUnixTimeSeconds(), Core.Windows.LiveSeconds)),
            Duration = duration,
            Mesh = ReadMesh(flags),
            Seed = flags.GetValue(Seed),
            Agents = flags.GetValue(Agents),
            Profile = flags.GetValue(Profile),
            HostFailuresPerDay = flags.GetValue(HostFailures),
            HostNoisePerDay = flags.GetValue(HostNoise),
            Faults = flags.GetValue(Faults) is { } file ? ReadFile(file, content => ScenarioYaml.Read(content, file, fabric)) : [],
        };
    }

    private static MeshSettings ReadMesh(ParseResult flags)
    {
        var interval = FlagRanges.Duration("--interval", flags.GetValue(Interval)!, HardLimits.MinProbeInterval, HardLimits.MaxProbeInterval);
        var mesh = MeshSettings.Default with { Graphs = [MeshGraph.Default with { Interval = interval }] };
        return flags.GetValue(MeshFile) is { } file
            ? ReadFile(file, content => MeshYaml.Read(content, file, mesh) is var reading ? (reading.Settings, reading.Errors) : default)
            : mesh;
    }

    private static T ReadFile<T>(string path, Func<string, (T? Value, IReadOnlyList<ConfigurationError> Errors)> read)
        where T : class
    {
        var (value, errors) = read(ConfigurationFile.Load(path));
        return value ?? throw new ConfigurationException(errors);
    }

    private static Uri ReadServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw new UsageException($"--server: '{text}' is no server address; write for example http://127.0.0.1:{Ports.Server}");

    // Quiet in a pipe; on a terminal one line that is written over.
    private static Progress<TimeSpan>? Progress(TimeSpan duration)
    {
        if (Console.IsErrorRedirected) return null;
        var last = Stopwatch.StartNew();
        return new Progress<TimeSpan>(elapsed =>
        {
            if (last.ElapsedMilliseconds < 250 && elapsed < duration) return;
            last.Restart();
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{elapsed / duration:P0} of {DurationText.Format(duration)}{(elapsed < duration ? "" : "\n")}"));
        });
    }

    private static void Show(ParseResult flags, Simulator simulator, SimulationSettings settings, SimulationResult result, TimeSpan took)
    {
        var summary = SimulationSummary.Of(simulator, settings, result, took);
        if (flags.GetValue(Json))
        {
            JsonOutput.Write(summary);
            return;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Hosts} hosts, {summary.Agents} agents with {summary.Targets} targets: {Figures.Count(summary.Probes)} probes in {summary.Uploads} uploads over {DurationText.Format(settings.Duration)} from {settings.Start:u}, in {took.TotalSeconds:F1} s ({summary.Speed:F0} x real time)"));
        var table = new TextTable("DC", "CLASS", "PROBES", "FAILED", "DROPS", "DROP RATE", "P50", "P99", "P99.9", "P99.99");
        foreach (var row in summary.Classes)
        {
            table.Add(
                row.Dc, row.Class, Figures.Count(row.Probes), Figures.Count(row.Failures), Figures.Count(row.Drops), Figures.Rate(row.DropRate),
                Figures.Rtt(row.P50Us), Figures.Rtt(row.P99Us), Figures.Rtt(row.P999Us), Figures.Rtt(row.P9999Us));
        }

        table.Write(Console.Out);
        Console.WriteLine($"uploads: sha256 {summary.Hash}");
        if (flags.GetValue(Data) is { } data) Console.WriteLine($"look at it: pingmesh server --listen 127.0.0.1:{Ports.Server} --topology {Path.Combine(data, "topology.yaml")} --data {data}");
    }
}
