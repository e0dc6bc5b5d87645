using System.CommandLine;
using System.Diagnostics;
using Pingmesh.Lab.Labs;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Lab.Namespaces;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab</c>: what its commands have in common.</summary>
internal static class LabCommand
{
    public static Command Create() => new("lab", "A data center on this machine: a fabric of network namespaces that breaks on command.")
    {
        LabUpCommand.Create(), LabStatusCommand.Create(), LabExecCommand.Create(), LabDownCommand.Create(), FaultCommand.Create(), RelayCommand.Create(),
    };

    public static Option<string> NameOption() => new("--name")
    {
        Description = $"Name of the lab, for several at a time; default {NetworkLab.DefaultName}.", HelpName = "LAB", DefaultValueFactory = _ => NetworkLab.DefaultName,
    };

    /// <summary>Does work on a lab: here, or where the user may have one.</summary>
    /// <param name="name">The lab.</param>
    /// <param name="work">The work.</param>
    /// <param name="mayStart">Whether the work may bring a lab up.</param>
    public static async Task<int> RunAsync(string name, Func<NetworkLab, Task<int>> work, bool mayStart = false)
    {
        // The process's own arguments begin after the program's name, and after the assembly's where dotnet runs it.
        var arguments = Environment.GetCommandLineArgs().Skip(1);
        if (await UserSpace.EnterAsync([.. ThisProgram.Command, .. arguments], mayStart) is { } command)
        {
            var code = await RunAsync(command);
            await UserSpace.LeaveAsync();
            return code;
        }

        using var lab = await NetworkLab.OpenAsync(name, ThisProgram.Command);
        return await work(lab);
    }

    /// <summary>Runs a program with this process's terminal; its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> command)
    {
        using var signals = new Signals();
        using var process = Start(command);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Starts a program with this process's terminal.</summary>
    /// <exception cref="FailedException">It cannot be started.</exception>
    public static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new FailedException($"'{command[0]}' cannot be run: {error.Message}");
        }
    }
}
