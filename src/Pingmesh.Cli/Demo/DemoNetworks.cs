using System.Diagnostics;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Running;
using Pingmesh.Lab;
using Pingmesh.Lab.Namespaces;

namespace Pingmesh.Cli.Demo;

/// <summary>Chooses the network of a demo.</summary>
internal static class DemoNetworks
{
    /// <summary>The network of a demo: the lab where it may be had, unless another is asked for.</summary>
    /// <returns>The network; or the command line that runs the demo where the lab may be had.</returns>
    /// <exception cref="LabException">The lab was asked for and may not be had; says why.</exception>
    public static async Task<(IDemoNetwork? Network, IReadOnlyList<string>? Inside)> ChooseAsync(DemoSettings settings)
    {
        if (settings.Network == DemoNetworkKind.Loopback) return (new LoopbackNetwork(settings, "as asked for"), null);
        if (settings.Shape.Problem is { } problem) throw new UsageException(problem);
        if (settings.Network is null && settings.HostCount > LabNetwork.MostHosts) return (new LoopbackNetwork(settings, $"a lab of more than {LabNetwork.MostHosts} hosts only when asked for: --network lab"), null);
        try
        {
            UserSpace.RequireTools();
            return await UserSpace.EnterAsync([.. ThisProgram.Command, .. Environment.GetCommandLineArgs().Skip(1), "--under-parent"], mayStart: true) is { } inside
                ? (null, inside)
                : (new LabNetwork(settings), null);
        }
        catch (LabException error) when (settings.Network is null)
        {
            return (new LoopbackNetwork(settings, error.Message.TrimEnd('.')), null);
        }
    }

    /// <summary>Runs the demo where the lab may be had; it ends with this process, however that ends.</summary>
    public static async Task<int> RunInsideAsync(IReadOnlyList<string> command)
    {
        using var signals = new Signals();
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;

        // The end of its input tells it to stop.
        using var registration = signals.Token.Register(process.StandardInput.Close);
        await process.WaitForExitAsync();
        await UserSpace.LeaveAsync();
        return process.ExitCode;
    }
}
