using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh sla</c>.</summary>
internal static class SlaCommand
{
    public static Command Create()
    {
        var scope = new Argument<string?>("SCOPE")
        {
            Description = "One scope: a host, dc1, dc1/ps1, dc1/ps1/pod1. Without it all scopes of the level.", Arity = ArgumentArity.ZeroOrOne,
        };
        var level = new Option<string>("--level")
        {
            Description = "all (and its classes), dc, podset, pod, host, service, pod-pair, podset-pair or dc-pair.", HelpName = "LEVEL", DefaultValueFactory = _ => "pod",
        };
        level.AcceptOnlyFromAmong("all", "dc", "podset", "pod", "host", "service", "pod-pair", "podset-pair", "dc-pair");
        var side = new Option<string>("--side") { Description = "Probes from the scope (source) or to it (target).", HelpName = "SIDE", DefaultValueFactory = _ => "source" };
        side.AcceptOnlyFromAmong("source", "target");
        var split = new Option<bool>("--by-series") { Description = "Show each kind, class and QoS by itself." };
        var format = ExportFlag.Option("csv", "jsonl", "openmetrics");
        var json = JsonOutput.Option();
        var command = new Command("sla", "Show drop rate, P50 and P99 of scopes.\n\nExample: pingmesh sla --level dc --last 1h") { scope, level, side, split, format, json };
        var series = new SeriesFlags(command);
        var range = new RangeFlags(command, "10m");
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            var asked = flags.GetValue(scope);
            var at = asked is not null && flags.GetResult(level) is null or { Implicit: true } ? LevelOf(asked) : flags.GetValue(level);
            using var api = ApiClient.Create(flags);
            var path = $"/api/v1/sla?level={at}&side={flags.GetValue(side)}{(flags.GetValue(split) ? "&split=series" : "")}{series.ToQuery(flags)}{range.ToQuery(flags)}";
            if (asked is not null) path += $"&scope={Uri.EscapeDataString(asked)}";
            if (flags.GetValue(format) is { } table)
            {
                Console.Write(await api.GetTextAsync($"{path}&format={table}", cancel));
                return CommandLine.Ok;
            }

            var (text, sla) = await api.GetAsync<SlaResponse>(path, cancel);
            if (flags.GetValue(json)) await Console.Out.WriteLineAsync(text);
            else SlaText.Write(sla.Scopes, TimeSpanText.Of(sla.Live, sla.From, sla.To));
            return CommandLine.Ok;
        });
        return command;
    }

    // A path says by itself what it is; a name without '/' is a host or a data center, and most often asked as host.
    private static string LevelOf(string scope) => scope.Count(c => c == '/') switch
    {
        0 when scope is "all" or "intra-pod" or "intra-dc" or "inter-dc" => "all",
        0 => "host",
        1 => "podset",
        _ => "pod",
    };
}
