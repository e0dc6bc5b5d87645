using System.CommandLine;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh topology check</c> and <c>topology show</c>.</summary>
internal static class TopologyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The topology file." };
        var json = JsonOutput.Option();
        var check = new Command("check", "Check a topology file, and say everything that is wrong with it.\n\nExample: pingmesh topology check examples/topology.yaml")
        {
            file, json,
        };
        check.SetAction(flags =>
        {
            var topology = Read(flags.GetValue(file)!);
            if (flags.GetValue(json)) JsonOutput.Write(Summary.Of(topology));
            else Console.WriteLine($"{flags.GetValue(file)}: ok, {Summary.Of(topology)}");
            return CommandLine.Ok;
        });

        var show = new Command("show", "Show the hosts that a topology file makes.\n\nExample: pingmesh topology show examples/topology.yaml") { file, json };
        show.SetAction(flags =>
        {
            var topology = Read(flags.GetValue(file)!);
            if (flags.GetValue(json)) JsonOutput.Write(TopologyResponse.Of(topology));
            else Show(topology);
            return CommandLine.Ok;
        });
        return new Command("topology", "Work with topology files.") { check, show };
    }

    /// <summary>Reads a topology file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read or is wrong.</exception>
    public static Topology Read(string path)
    {
        var (fleet, errors) = TopologyFiles.Read(ConfigurationFile.Load(path), path);
        if (fleet is null) throw new ConfigurationException(errors);
        var builder = new TopologyBuilder();
        try
        {
            foreach (var host in fleet.Hosts) builder.AddHost(host.Dc, host.Podset, host.Pod, host.Name, host.Addresses, host.Labels);
        }
        catch (ArgumentException error)
        {
            throw new ConfigurationException([new ConfigurationError(path, 1, 1, error.Message)]);
        }

        builder.AddWiring(fleet.Wiring);
        return builder.Build();
    }

    private static void Show(Topology topology)
    {
        var table = new TextTable("POD", "HOST", "ADDRESSES", "LABELS");
        foreach (var host in topology.Hosts)
        {
            table.Add(
                host.Pod.Path, host.Name, string.Join(' ', host.Addresses),
                string.Join(' ', host.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")));
        }

        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine(Summary.Of(topology));
    }

    private sealed record Summary(string Version, int Dcs, int Podsets, int Pods, int Hosts, int Switches, int Links)
    {
        public static Summary Of(Topology topology) =>
            new(topology.Version, topology.Dcs.Count, topology.Dcs.Sum(dc => dc.Podsets.Count), topology.Pods.Count, topology.Hosts.Count, topology.Wiring.Switches.Count, topology.Wiring.Links.Count);

        public override string ToString() => $"{Dcs} data centers, {Podsets} podsets, {Pods} pods, {Hosts} hosts, {(Switches > 0 ? $"{Switches} switches, {Links} links, " : "")}version {Version}";
    }
}
