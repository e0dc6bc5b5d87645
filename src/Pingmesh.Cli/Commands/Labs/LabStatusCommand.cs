using System.CommandLine;
using Pingmesh.Lab.Labs;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab status</c>.</summary>
internal static class LabStatusCommand
{
    private static readonly Option<string> Name = LabCommand.NameOption();
    private static readonly Option<bool> Json = JsonOutput.Option();

    public static Command Create()
    {
        var command = new Command("status", "Show a lab: its nodes, processes and faults.\n\nExample: pingmesh lab status --json") { Name, Json };
        command.SetAction((flags, _) => LabCommand.RunAsync(flags.GetValue(Name)!, lab =>
        {
            var status = LabStatus.Of(lab);
            if (flags.GetValue(Json)) JsonOutput.Write(status);
            else Show(status);
            return Task.FromResult(status.IsUp ? CommandLine.Ok : CommandLine.Failed);
        }));
        return command;
    }

    private static void Show(LabStatus status)
    {
        if (!status.IsUp)
        {
            Console.WriteLine($"lab '{status.Name}' is not up{(status.Namespaces > 0 ? $", but {status.Namespaces} namespaces are left of one; 'pingmesh lab down' removes them" : "")}");
            return;
        }

        Console.WriteLine($"lab '{status.Name}': {status.Shape}");
        Console.WriteLine($"topology: {status.Topology}{(status.Url is null ? "" : $"      page: {status.Url}")}");
        Console.WriteLine();
        var nodes = new TextTable("NODE", "TIER", "SERVES", "ADDRESSES", "");
        foreach (var node in status.Nodes) nodes.Add(node.Name, node.Tier, node.Scope, string.Join(' ', node.Addresses), node.IsCutOff ? "cut off" : "");
        nodes.Write(Console.Out);
        Console.WriteLine();
        if (status.Processes.Count > 0)
        {
            var processes = new TextTable("PROCESS", "PID", "STATE", "LOG");
            foreach (var process in status.Processes) processes.Add(process.Role, $"{process.Pid}", process.State, process.Log);
            processes.Write(Console.Out);
            Console.WriteLine();
        }

        if (status.Faults.Count == 0) Console.WriteLine("no faults");
        foreach (var fault in status.Faults) Console.WriteLine($"{fault.Id}: {fault.Description}");
    }
}

/// <summary>A lab as it is: the object of <c>lab status --json</c>.</summary>
internal sealed record LabStatus(
    string Name, bool IsUp, string? Shape, int Namespaces, string Topology, string? Url, IReadOnlyList<LabNodeStatus> Nodes, IReadOnlyList<LabProcessStatus> Processes, IReadOnlyList<LabFaultStatus> Faults)
{
    public static LabStatus Of(NetworkLab lab)
    {
        if (!lab.IsUp) return new LabStatus(lab.Name, false, null, lab.ExistingSpaces, lab.TopologyFile, null, [], [], []);
        var state = lab.State!;
        var fabric = new Fabric(state.Shape);
        var cutOff = lab.CutOff().ToHashSet();
        return new LabStatus(
            lab.Name, true, state.Shape.ToString(), lab.ExistingSpaces, lab.TopologyFile, state.Port is { } port ? $"http://127.0.0.1:{port}" : null,
            [.. fabric.Switches.Concat(fabric.Hosts).Select(node => new LabNodeStatus(
                node.Name, node.Tier?.ToString().ToLowerInvariant() ?? "host", node.Scope, [.. node.Addresses.Select(address => address.ToString())], cutOff.Contains(node.Name)))],
            [.. state.Processes.Select(process => new LabProcessStatus(process.Role, process.Id, process.IsRunning ? "running" : "ended", process.Log))],
            LabFaultStatus.Of(lab));
    }
}

/// <summary>A switch or host of a lab.</summary>
internal sealed record LabNodeStatus(string Name, string Tier, string Scope, IReadOnlyList<string> Addresses, bool IsCutOff);

/// <summary>A process of a lab.</summary>
internal sealed record LabProcessStatus(string Role, int Pid, string State, string Log);
