using System.CommandLine;
using System.Globalization;
using Pingmesh.Lab.Labs;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab up</c>.</summary>
internal static class LabUpCommand
{
    private static readonly FabricFlags Fabric = new(new FabricShape());
    private static readonly Option<string> Name = LabCommand.NameOption();

    private static readonly Option<int> Port = CountOption.Create("--port", "Port of the server on loopback", Ports.Server, ushort.MaxValue);

    private static readonly Option<string> Interval = new("--interval")
    {
        Description = "Time between two probes of a peer; default 10s, which is also the least.", HelpName = "DURATION", DefaultValueFactory = _ => "10s",
    };

    private static readonly Option<bool> FabricOnly = new("--fabric-only") { Description = "Make the network only: no server, no agents." };

    public static Command Create()
    {
        var command = new Command(
            "up",
            """
            Make a fabric of network namespaces with a server outside of it and an agent on every host. Does nothing when it is up.

            Example: pingmesh lab up --dcs 1 --podsets 2 --pods 2 --leaves 2 --spines 2 --hosts 2
            """);
        Fabric.AddTo(command);
        command.Add(Port);
        command.Add(Interval);
        command.Add(FabricOnly);
        command.Add(Name);
        command.SetAction((flags, _) =>
        {
            var shape = Fabric.Read(flags);
            if (shape.Problem is { } problem) throw new UsageException(problem);
            var interval = FlagRanges.Duration("--interval", flags.GetValue(Interval)!, HardLimits.MinProbeInterval, HardLimits.MaxProbeInterval);
            return LabCommand.RunAsync(flags.GetValue(Name)!, lab => UpAsync(lab, shape, flags.GetValue(Port), interval, flags.GetValue(FabricOnly)), mayStart: true);
        });
        return command;
    }

    private static async Task<int> UpAsync(NetworkLab lab, FabricShape shape, int port, TimeSpan interval, bool fabricOnly)
    {
        var took = await lab.UpAsync(shape);
        var state = lab.State!;
        Console.WriteLine(took is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"lab '{lab.Name}': {shape}; {shape.SwitchCount} switches; made in {time.TotalSeconds:F1} s")
            : $"lab '{lab.Name}' is up already: {shape}");
        if (!fabricOnly)
        {
            port = state.Port ?? port;
            await LabMesh.StartAsync(lab, port, interval, CancellationToken.None);
            Console.WriteLine($"  page:      http://127.0.0.1:{port}");
        }

        Console.WriteLine($"  topology:  {lab.TopologyFile}");
        Console.WriteLine($"  look:      pingmesh lab status      pingmesh lab exec {Example(shape)} -- ping -c 3 {new Fabric(shape).Hosts[^1].Addresses[0]}");
        Console.WriteLine("  break it:  pingmesh lab fault add random-loss --at dc1-spine1 --percent 2      pingmesh lab fault kinds");
        Console.WriteLine("  end:       pingmesh lab down");
        return CommandLine.Ok;
    }

    private static string Example(FabricShape shape) => new Fabric(shape).Hosts[0].Name;
}
