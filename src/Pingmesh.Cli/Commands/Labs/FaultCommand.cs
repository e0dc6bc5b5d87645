using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab fault add</c>, <c>list</c>, <c>clear</c> and <c>kinds</c>.</summary>
internal static class FaultCommand
{
    private static readonly Option<string> Name = LabCommand.NameOption();
    private static readonly Option<bool> Json = JsonOutput.Option();

    public static Command Create() => new("fault", "Break a lab's network, and mend it.") { Add(), List(), Clear(), Kinds() };

    private static Command Add()
    {
        var kind = new Argument<string>("KIND") { Description = "What to break: see 'pingmesh lab fault kinds'." };
        var command = new Command("add", $"Put a fault into a lab. Places are {FaultPlace.Rule}.\n\nExample: pingmesh lab fault add random-loss --at dc1-spine1 --percent 2") { kind };
        FaultFlags.AddTo(command);
        command.Add(Name);
        command.Add(Json);
        command.SetAction((flags, _) =>
        {
            var (at, options) = FaultFlags.Read(flags);
            return LabCommand.RunAsync(flags.GetValue(Name)!, async lab =>
            {
                var fault = await lab.AddFaultAsync(FaultCatalog.Find(flags.GetValue(kind)!).Kind, at, options);
                if (flags.GetValue(Json)) JsonOutput.Write(LabFaultStatus.Of(fault, null));
                else Console.WriteLine($"{fault.Id}: {fault.Description}");
                return CommandLine.Ok;
            });
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Show the faults of a lab, with the packets that their rules have dropped.\n\nExample: pingmesh lab fault list") { Name, Json };
        command.SetAction((flags, _) => LabCommand.RunAsync(flags.GetValue(Name)!, lab =>
        {
            var faults = LabFaultStatus.Of(lab);
            if (flags.GetValue(Json)) JsonOutput.Write(faults);
            else Show(faults);
            return Task.FromResult(CommandLine.Ok);
        }));
        return command;
    }

    private static Command Clear()
    {
        var ids = new Argument<string[]>("FAULT") { Description = "The faults, such as f1; none for all of them.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("clear", "Take faults out of a lab; without a name, all of them.\n\nExample: pingmesh lab fault clear f1") { ids, Name };
        command.SetAction((flags, _) => LabCommand.RunAsync(flags.GetValue(Name)!, async lab =>
        {
            var gone = await lab.ClearFaultsAsync(flags.GetValue(ids) ?? []);
            Console.WriteLine(gone.Count == 0 ? "there were no faults" : $"cleared: {string.Join(", ", gone.Select(fault => fault.Id))}");
            return CommandLine.Ok;
        }));
        return command;
    }

    private static Command Kinds()
    {
        var command = new Command("kinds", "List the kinds of faults, in the lab and in the simulator.\n\nExample: pingmesh lab fault kinds");
        command.SetAction(_ =>
        {
            var table = new TextTable("KIND", "OPTIONS", "AT", "WHAT IT DOES");
            foreach (var info in FaultCatalog.All)
            {
                var places = Enum.GetValues<PlaceKind>().Where(place => info.Places.HasFlag(place)).Select(place => place.ToString().ToLowerInvariant());
                table.Add(
                    info.Name, string.Join(' ', info.Required.Select(name => $"--{name}").Concat(info.Optional.Select(name => $"[--{name}]"))), string.Join(' ', places), info.Summary);
            }

            table.Write(Console.Out);
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(IReadOnlyList<LabFaultStatus> faults)
    {
        if (faults.Count == 0)
        {
            Console.WriteLine("no faults");
            return;
        }

        var table = new TextTable("FAULT", "KIND", "AT", "SINCE", "DROPPED", "WHAT IT DOES");
        foreach (var fault in faults)
        {
            table.Add(
                fault.Id, fault.Kind, fault.At, fault.Since.ToString("u", CultureInfo.InvariantCulture), fault.DroppedPackets?.ToString(CultureInfo.InvariantCulture) ?? "-", fault.Description);
        }

        table.Write(Console.Out);
    }
}
