using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh worst</c>.</summary>
internal static class WorstCommand
{
    public static Command Create()
    {
        var level = new Option<string>("--level") { Description = "host-pair, pod-pair, host (by its own probes) or target-host (by the probes to it).", HelpName = "LEVEL", DefaultValueFactory = _ => "host-pair" };
        level.AcceptOnlyFromAmong("host-pair", "pod-pair", "host", "target-host");
        var by = new Option<string>("--by") { Description = "drop-rate or failures (what the probes prove of them), p99 or p50.", HelpName = "FIGURE", DefaultValueFactory = _ => "drop-rate" };
        by.AcceptOnlyFromAmong("drop-rate", "failures", "p99", "p50");
        var limit = new Option<int>("--limit") { Description = "How many to show.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("worst", "Show the worst hosts or pairs.\n\nExample: pingmesh worst --level host-pair --by drop-rate --last 1h") { level, by, limit };
        var output = new AnswerOutput(command, "csv", "jsonl", "openmetrics");
        var series = new SeriesFlags(command);
        var range = new RangeFlags(command, "1h");
        ApiClient.AddFlags(command);
        command.SetAction((flags, cancel) =>
        {
            var path = $"/api/v1/worst?level={flags.GetValue(level)}&by={flags.GetValue(by)}&limit={flags.GetInRange(limit, 1, 1_000)}{series.ToQuery(flags)}{range.ToQuery(flags)}";
            return output.PrintAsync<WorstResponse>(
                flags, path, worst => SlaText.Write(worst.Worst, $"{TimeSpanText.Of(false, worst.From, worst.To)}: {worst.Worst.Count} of {worst.Of}, worst {worst.By} first"), cancel);
        });
        return command;
    }
}
