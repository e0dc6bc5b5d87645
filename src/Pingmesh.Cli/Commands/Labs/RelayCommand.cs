using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Lab.Namespaces;

namespace Pingmesh.Cli.Commands.Labs;

/// <summary><c>pingmesh lab relay</c>: holds up packets on kernels without netem. The lab's own, so not shown.</summary>
internal static class RelayCommand
{
    private static readonly Option<string> Delay = new("--delay") { Required = true };
    private static readonly Option<string> Jitter = new("--jitter") { Required = true };
    private static readonly Argument<string[]> Interfaces = new("NAMESPACE=INTERFACE,...") { Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("relay", "Hold up packets.") { Delay, Jitter, Interfaces };
        command.Hidden = true;
        command.SetAction(flags =>
        {
            using var signals = new Signals();
            var relay = new Relay(Read("--delay", flags.GetValue(Delay)!), Read("--jitter", flags.GetValue(Jitter)!));
            relay.Run([.. flags.GetValue(Interfaces)!.Select(Parse)], () => Console.WriteLine(Relay.Ready), signals.Token);
            return CommandLine.Ok;
        });
        return command;
    }

    private static TimeSpan Read(string flag, string text) => FlagRanges.Duration(flag, text, TimeSpan.Zero, TimeSpan.FromMinutes(1));

    private static (string Space, IReadOnlyList<string> Names) Parse(string text)
    {
        var parts = text.Split('=');
        return parts.Length == 2 ? (parts[0], parts[1].Split(',')) : throw new UsageException($"'{text}' is no NAMESPACE=INTERFACE,...");
    }
}
