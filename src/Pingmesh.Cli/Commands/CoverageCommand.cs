using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh coverage</c>.</summary>
internal static class CoverageCommand
{
    public static Command Create()
    {
        var scope = new Argument<string?>("SCOPE") { Description = "Only pairs with an end in this scope, such as dc1/ps2.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit") { Description = "Most gaps to list.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var json = JsonOutput.Option();
        var command = new Command(
            "coverage",
            """
            Show which pairs of pods were not measured, why, and how small a drop rate the others could have shown.

            Example: pingmesh coverage --last 1h
            """)
        {
            scope, limit, json,
        };
        var range = new RangeFlags(command, "10m");
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            using var api = ApiClient.Create(flags);
            var path = $"/api/v1/coverage?limit={flags.GetInRange(limit, 0, 10_000)}{range.ToQuery(flags)}";
            if (flags.GetValue(scope) is { } text) path += $"&scope={Uri.EscapeDataString(text)}";
            var (answer, coverage) = await api.GetAsync<CoverageResponse>(path, cancel);
            if (flags.GetValue(json)) await Console.Out.WriteLineAsync(answer);
            else Show(coverage);
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(CoverageResponse coverage)
    {
        Console.WriteLine(TimeSpanText.Of(coverage.Live, coverage.From, coverage.To));
        Console.WriteLine($"{Figures.Count(coverage.Measured)} of {Figures.Count(coverage.Wanted)} pod pairs were measured");
        if (coverage.Measured > 0)
        {
            var rates = coverage.SmallestDropRate;
            Console.WriteLine($"smallest drop rate that a pair's probes could have shown (95 %): {Rate(rates.Best)} to {Rate(rates.Worst)}, median {Rate(rates.Median)}");
            Console.WriteLine();
            var table = new TextTable("KIND", "CLASS", "DSCP", "PAIRS", "PROBES", "COULD SHOW");
            foreach (var one in coverage.Series)
                table.Add(one.Kind, one.Class, $"{one.Dscp}", Figures.Count(one.Pairs), Figures.Count(one.Probes), Rate(one.SmallestDropRate));
            table.Write(Console.Out);
        }

        if (coverage.Reasons.Count == 0) return;
        Console.WriteLine();
        Console.WriteLine($"not measured: {string.Join(", ", coverage.Reasons.Select(reason => $"{Figures.Count(reason.Value)} {reason.Key}"))}");
        var gaps = new TextTable("SOURCE", "TARGET", "REASON");
        foreach (var gap in coverage.Gaps) gaps.Add(gap.Source, gap.Target, gap.Reason);
        gaps.Write(Console.Out);
        if (coverage.GapsOmitted > 0) Console.WriteLine($"and {Figures.Count(coverage.GapsOmitted)} more; --limit lists more of them");
    }

    private static string Rate(double rate) => rate.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
