using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Probing;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab exec</c>.</summary>
internal static class LabExecCommand
{
    private static readonly Option<string> Name = LabCommand.NameOption();
    private static readonly Argument<string> Node = new("NODE") { Description = "The host or switch." };
    private static readonly Argument<string[]> Words = new("COMMAND") { Description = "The program and its arguments, after --.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("exec", "Run a program on a host or switch of a lab; ends with its exit code.\n\nExample: pingmesh lab exec dc1-ps1-pod1-h1 -- ping -c 3 10.1.4.1") { Node, Words, Name };
        command.SetAction((flags, _) => LabCommand.RunAsync(flags.GetValue(Name)!, async lab =>
        {
            var path = lab.SpaceOf(flags.GetValue(Node)!);

            // Other commands may work on the lab meanwhile.
            lab.Dispose();
            using var signals = new Signals();
            using var space = NetworkSpace.Open(path);
            using var process = space.Run(() => LabCommand.Start(flags.GetValue(Words)!));
            await process.WaitForExitAsync();
            return process.ExitCode;
        }));
        return command;
    }
}
