using System.CommandLine;
using System.Net.Sockets;
using Pingmesh.AgentCli.Ping;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Icmp;

namespace Pingmesh.AgentCli.Commands;

/// <summary><c>pingmesh ping</c>.</summary>
internal static class PingCommand
{
    // Beyond this, a line for each probe is more than anybody reads.
    private const int MostWithLines = 20;

    public static Command Create()
    {
        var targets = new Argument<string[]>("TARGET")
        {
            Description = "Addresses, names, HOST:PORT, networks such as 10.0.0.0/24, URLs.", Arity = ArgumentArity.ZeroOrMore,
        };
        var file = new Option<string?>("-f", "--file") { Description = "File with a target a line; - for standard input.", HelpName = "FILE" };
        var quiet = new Option<bool>("-q", "--quiet") { Description = "Only the summary." };
        var json = new Option<bool>("--json") { Description = "Print one JSON value, for machines." };
        var flags = new PingFlags();
        var command = new Command(
            "ping",
            """
            Probe targets by hand, with the same probers that agents use. TCP times and drops are the kernel's own.

            Examples: pingmesh ping 10.0.0.7
                      pingmesh ping --tcp 443 -c 100 -i 0.1 example.com
                      pingmesh ping --icmp -q 10.0.0.0/22
                      pingmesh ping --http https://example.com/health
            """)
        {
            targets, file, quiet, json,
        };
        foreach (var option in flags.All) command.Add(option);
        command.SetAction((parsed, _) =>
            RunAsync(TargetText.ReadAll(parsed.GetValue(targets) ?? [], parsed.GetValue(file)), flags.Read(parsed), parsed.GetValue(quiet), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<TargetText> texts, PingOptions options, bool quiet, bool json)
    {
        if (texts.Count == 0) throw new UsageException("no target is given: name at least one, or a file of them with --file");
        if (options.Kind != ProbeKind.Http && texts.FirstOrDefault(text => text.Url is not null) is { } url)
            throw new UsageException($"'{url.Url}' is a URL, which only --http takes");

        using var signals = new Signals();
        var (targets, unresolved) = await TargetResolution.ResolveAsync(texts, options.Flow.Family, options.EveryAddress, options.PortOf, signals.Token);
        var tallies = targets.Select(target => new TargetTally(target)).ToList();
        var text = new PingText(Console.Out, options.Kind, eachProbe: !quiet && tallies.Count <= MostWithLines);
        IPingView view = json ? new SilentView() : text;
        try
        {
            if (tallies.Count > 0) await PingAsync(options, tallies, view, signals.Token);
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }

        if (json) Console.WriteLine(PingJson.Write(options.Kind, tallies, unresolved));
        else text.Summarise(tallies, unresolved);
        return unresolved.Count == 0 && tallies.TrueForAll(tally => tally.Received > 0) ? CommandLine.Ok : CommandLine.Failed;
    }

    private static async Task PingAsync(PingOptions options, List<TargetTally> tallies, IPingView view, CancellationToken cancel)
    {
        if (options.Kind == ProbeKind.Icmp)
        {
            foreach (var ipv6 in tallies.Select(tally => tally.Target.Address.AddressFamily == AddressFamily.InterNetworkV6).Distinct())
                if (IcmpProber.WhyUnavailable(ipv6) is { } why) throw new FailedException(why);
        }

        if (options.Kind < ProbeKind.Http)
        {
            await new ReactorPing(options, tallies, view).RunAsync(cancel);
            return;
        }

        using var platform = new PlatformPing(options, tallies, view);
        await platform.RunAsync(cancel);
    }
}
