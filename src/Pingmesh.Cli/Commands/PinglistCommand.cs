using System.CommandLine;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Cli.Output;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh pinglist</c>.</summary>
internal static class PinglistCommand
{
    public static Command Create(ConfigurationFile file)
    {
        var topology = new Option<string>("--topology") { Description = "The topology file.", HelpName = "FILE", Required = true };
        var host = new Argument<string>("HOST") { Description = "The host." };
        var json = JsonOutput.Option();
        var command = new Command("pinglist", "Show what a host is to probe.\n\nExample: pingmesh pinglist --topology examples/topology.yaml dc1-ps1-pod1-h1")
        {
            topology, host, json, MeshFlags.MeshFile, ConfigurationFile.Path.Option,
        };
        foreach (var setting in MeshConfiguration.All) command.Add(setting.Option);
        command.SetAction(flags =>
        {
            Show(flags.GetValue(topology)!, flags.GetValue(host)!, MeshFlags.Read(file, flags), flags.GetValue(json));
            return CommandLine.Ok;
        });
        command.Add(PinglistPlanCommand.Create(file));
        return command;
    }

    private static string Omitted(Pinglist pinglist) => pinglist switch
    {
        { Omitted: 0 } => "",
        { CoveredWithinS: > 0 and var seconds } => $", {pinglist.Omitted} left out by a cap, which have their turn within {DurationText.Format(TimeSpan.FromSeconds(seconds))}",
        _ => $", {pinglist.Omitted} left out",
    };

    private static void Show(string path, string name, MeshSettings settings, bool json)
    {
        var topology = TopologyCommand.Read(path);
        if (topology.FindHost(name) is not { } host)
        {
            var nearest = NearestKey.Of(name, topology.Hosts.Take(10_000).Select(known => known.Name));
            throw new FailedException($"'{name}' is not a host of {path}{(nearest is null ? "; 'pingmesh topology show' lists them" : $"; did you mean '{nearest}'?")}");
        }

        var mesh = new Mesh(topology, settings);
        var pinglist = mesh.PinglistFor(host, mesh.TurnAt(TimeProvider.System.GetUtcNow()));
        if (json)
        {
            // The very bytes that the controller serves.
            using var output = Console.OpenStandardOutput();
            output.Write(PinglistJson.Write(pinglist));
            Console.WriteLine();
            return;
        }

        var table = new TextTable("KIND", "CLASS", "DSCP", "PEER", "ADDRESS", "PORT", "INTERVAL", "TIMEOUT");
        foreach (var group in pinglist.Groups)
        {
            var (interval, timeout) = (TimeSpan.FromMilliseconds(group.IntervalMs), TimeSpan.FromMilliseconds(group.TimeoutMs));
            foreach (var peer in group.Peers)
            {
                table.Add(
                    group.Kind, group.Class, $"{group.Dscp}", peer.Host, peer.Address, $"{group.Port}", DurationText.Format(interval), DurationText.Format(timeout));
            }
        }

        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine($"{name}: {pinglist.PeerCount()} peers, topology {topology.Version}{Omitted(pinglist)}");
    }
}
