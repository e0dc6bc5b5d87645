using System.CommandLine;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;

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
