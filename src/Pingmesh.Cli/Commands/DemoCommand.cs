using Pingmesh.Cli.Demo;
using System.CommandLine;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Core;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh demo</c>.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Dcs = CountOption.Create("--dcs", "Data centers", 2, 200);
    private static readonly Option<int> Podsets = CountOption.Create("--podsets", "Podsets in each data center", 2, 100);
    private static readonly Option<int> Pods = CountOption.Create("--pods", "Pods in each podset", 2, 254);
    private static readonly Option<int> Hosts = CountOption.Create("--hosts", "Hosts in each pod", 3, 254);
    private static readonly Option<int> Port = CountOption.Create("--port", "Port of the page and the API", Ports.Server, ushort.MaxValue);
    private static readonly Option<string?> Data = new("--data") { Description = "Folder to keep what is measured in; default: a temporary one.", HelpName = "DIR" };
    private static readonly Option<string> Interval = new("--interval")
    {
        Description = "Time between two probes of a peer; default 10s, which is also the least.", HelpName = "DURATION", DefaultValueFactory = _ => "10s",
    };
    private static readonly Option<string?> Duration = new("--duration") { Description = "Stop by itself after this time.", HelpName = "DURATION" };
    private static readonly Option<string> Network = new("--network")
    {
        Description = "lab: network namespaces behind a fabric; loopback: loopback addresses; auto: the lab where it may be had.", HelpName = "auto|lab|loopback", DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<bool> UnderParent = Signals.UnderParentOption();
    private static readonly Option<bool> Json = JsonOutput.Option();

    public static Command Create()
    {
        var command = new Command(
            "demo",
            """
            Run a whole mesh on this machine and show its heatmap: a server, and agents on a fabric of network namespaces
            that breaks on command; at loopback addresses where there may be no namespaces.

            Example: pingmesh demo --duration 60s --json
            """)
        {
            Dcs, Podsets, Pods, Hosts, Network, Port, Data, Interval, Duration, Json, UnderParent,
        };
        Network.AcceptOnlyFromAmong("auto", "lab", "loopback");
        command.SetAction((flags, _) => RunAsync(flags));
        return command;
    }

    private static DemoSettings Read(ParseResult flags)
    {
        var interval = FlagRanges.Duration("--interval", flags.GetValue(Interval)!, HardLimits.MinProbeInterval, HardLimits.MaxProbeInterval);
        var duration = flags.GetValue(Duration) is { } text ? FlagRanges.Duration("--duration", text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365)) : (TimeSpan?)null;
        if (flags.GetValue(Json) && duration is null) throw new UsageException("--json prints its object at the end: give --duration too, for example --duration 60s");
        return new DemoSettings
        {
            Dcs = flags.GetValue(Dcs),
            Podsets = flags.GetValue(Podsets),
            Pods = flags.GetValue(Pods),
            Hosts = flags.GetValue(Hosts),
            Network = flags.GetValue(Network) is "auto" ? null : flags.GetValue(Network) is "lab" ? DemoNetworkKind.Lab : DemoNetworkKind.Loopback,
            Port = flags.GetValue(Port),
            Data = flags.GetValue(Data),
            Interval = interval,
            Duration = duration,
        };
    }

    private static async Task<int> RunAsync(ParseResult flags)
    {
        var settings = Read(flags);
        var json = flags.GetValue(Json);

        // With --json nothing but the object goes to stdout.
        var say = json ? Console.Error : Console.Out;
        var (network, inside) = await DemoNetworks.ChooseAsync(settings);
        if (inside is not null) return await DemoNetworks.RunInsideAsync(inside);
        var underParent = flags.GetValue(UnderParent);
        using var signals = new Signals();
        if (underParent) signals.StopWithStandardInput();
        DemoMesh mesh;
        try
        {
            mesh = await DemoMesh.StartAsync(settings, network!, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return CommandLine.Failed;
        }

        await using (mesh)
        {
            Greet(settings, mesh, network!, say);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(signals.Token);
            if (settings.Duration is { } duration) end.CancelAfter(duration);
            await mesh.RunAsync(end.Token);
            if (signals.Token.IsCancellationRequested && json) return CommandLine.Failed;
            await say.WriteLineAsync("stopping ...");
            var result = await mesh.FinishAsync();
            if (json) JsonOutput.Write(result);
            else Show(result);
        }

        return CommandLine.Ok;
    }

    private static void Greet(DemoSettings settings, DemoMesh mesh, IDemoNetwork network, TextWriter say)
    {
        say.WriteLine($"pingmesh demo: {settings.HostCount} hosts ({settings.Dcs} dcs x {settings.Podsets} podsets x {settings.Pods} pods x {settings.Hosts} hosts), an agent on each,");
        say.WriteLine($"probing its peers by TCP every {DurationText.Format(settings.Interval)}. The first cells of the heatmap come within seconds, all within {settings.Interval.TotalSeconds + 10:F0} s.");
        say.WriteLine($"Network: {network.Description}.");
        say.WriteLine();
        say.WriteLine($"  page:     {mesh.Url}");
        say.WriteLine($"  ask:      pingmesh heatmap --server {mesh.Url.ToString().TrimEnd('/')}     pingmesh sla --server {mesh.Url.ToString().TrimEnd('/')} --live");
        foreach (var (heading, command) in network.Offers) say.WriteLine($"  {(heading.Length > 0 ? heading + ":" : ""),-10}{command}");
        say.WriteLine($"  stop:     {(settings.Duration is { } duration ? $"by itself after {DurationText.Format(duration)}, or " : "")}Ctrl-C");
    }

    private static void Show(DemoResult result)
    {
        Console.WriteLine(
            $"{Figures.Count(result.Probes)} probes between {result.Pairs} host pairs, {result.PodPairs} of {result.PodPairsExpected} pod pairs: "
            + $"{result.Failures} failed, drop rate {Figures.Rate(result.DropRate)}, P50 {Figures.Rtt(result.P50Us)}, P99 {Figures.Rtt(result.P99Us)}");
    }
}
