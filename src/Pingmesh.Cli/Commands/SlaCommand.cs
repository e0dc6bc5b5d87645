using System.CommandLine;
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
            Description = "One scope: a host, dc1, dc1/ps1, dc1/ps1/pod1, a service. Without it all scopes of the level.", Arity = ArgumentArity.ZeroOrOne,
        };
        var level = new Option<string>("--level")
        {
            Description = "all (and its classes), dc, podset, pod, host, service, pod-pair, podset-pair or dc-pair.", HelpName = "LEVEL", DefaultValueFactory = _ => "pod",
        };
        level.AcceptOnlyFromAmong("all", "dc", "podset", "pod", "host", "service", "pod-pair", "podset-pair", "dc-pair");
        var side = new Option<string>("--side") { Description = "Probes from the scope (source) or to it (target).", HelpName = "SIDE", DefaultValueFactory = _ => "source" };
        side.AcceptOnlyFromAmong("source", "target");
        var split = new Option<bool>("--by-series") { Description = "Show each kind, class and QoS by itself." };
        var command = new Command("sla", "Show drop rate, P50 and P99 of scopes.\n\nExample: pingmesh sla --level dc --last 1h") { scope, level, side, split };
        var output = new AnswerOutput(command, "csv", "jsonl", "openmetrics");
        var series = new SeriesFlags(command);
        var range = new RangeFlags(command, "10m");
        ApiClient.AddFlags(command);
        command.SetAction((flags, cancel) =>
        {
            // Of a scope the server knows itself what it is.
            var asked = flags.GetValue(scope);
            var isSaid = flags.GetResult(level) is { Implicit: false };
            var path = $"/api/v1/sla?side={flags.GetValue(side)}{(asked is null || isSaid ? $"&level={flags.GetValue(level)}" : "")}{(asked is null ? "" : $"&scope={Uri.EscapeDataString(asked)}")}"
                + $"{(flags.GetValue(split) ? "&split=series" : "")}{series.ToQuery(flags)}{range.ToQuery(flags)}";
            return output.PrintAsync<SlaResponse>(flags, path, sla => SlaText.Write(sla.Scopes, TimeSpanText.Of(sla.Live, sla.From, sla.To)), cancel);
        });
        return command;
    }
}
