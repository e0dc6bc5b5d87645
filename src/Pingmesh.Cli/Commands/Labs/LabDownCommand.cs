using System.CommandLine;
using Pingmesh.AgentCli.Running;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab down</c>.</summary>
internal static class LabDownCommand
{
    private static readonly Option<string> Name = LabCommand.NameOption();

    public static Command Create()
    {
        var command = new Command("down", "Take a lab down: its processes, its namespaces, its files; also what a crash has left of it.\n\nExample: pingmesh lab down") { Name };
        command.SetAction((flags, _) => LabCommand.RunAsync(flags.GetValue(Name)!, async lab =>
        {
            Console.WriteLine(await lab.DownAsync() ? $"lab '{lab.Name}' is down" : $"lab '{lab.Name}' was not up");
            return CommandLine.Ok;
        }));
        return command;
    }
}
