using System.CommandLine;
using Pingmesh.AgentCli.Output;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;
using Spectre.Console;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh heatmap</c>.</summary>
internal static class HeatmapCommand
{
    public static Command Create()
    {
        var scope = new Argument<string?>("SCOPE") { Description = "Only what is in this scope, such as dc1/ps1.", Arity = ArgumentArity.ZeroOrOne };
        var level = new Option<string>("--level") { Description = "pod, podset, dc or host.", HelpName = "LEVEL", DefaultValueFactory = _ => "pod" };
        level.AcceptOnlyFromAmong("pod", "podset", "dc", "host");
        var command = new Command("heatmap", "Draw the P99 heatmap of pods, podsets, data centers or hosts in the terminal.\n\nExample: pingmesh heatmap --last 10m") { scope, level };
        var output = new AnswerOutput(command, "csv", "jsonl");
        var series = new SeriesFlags(command);
        var range = new RangeFlags(command, null);
        ApiClient.AddFlags(command);
        command.SetAction((flags, cancel) =>
        {
            var path = $"/api/v1/heatmap?level={flags.GetValue(level)}{series.ToQuery(flags)}{range.ToQuery(flags)}";
            if (flags.GetValue(scope) is { } within) path += $"&scope={Uri.EscapeDataString(within)}";
            return output.PrintAsync<HeatmapResponse>(flags, path, Draw, cancel);
        });
        return command;
    }

    private static void Draw(HeatmapResponse heatmap)
    {
        var count = heatmap.Scopes.Count;
        var states = new string?[count, count];
        var failed = new bool[count, count];
        for (var i = 0; i < heatmap.Cells.State.Count; i++)
        {
            states[heatmap.Cells.Source[i], heatmap.Cells.Target[i]] = heatmap.Cells.State[i];
            failed[heatmap.Cells.Source[i], heatmap.Cells.Target[i]] = heatmap.Cells.Failures[i] > 0 && heatmap.Cells.State[i] != "unreachable";
        }


        // Without colours the signs alone carry it: files, pipes, NO_COLOR.
        var colours = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.ColorSystem != ColorSystem.NoColors && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        var width = heatmap.Scopes.Max(pod => (int?)pod.Path.Length) ?? 0;
        Console.WriteLine(TimeSpanText.Of(heatmap.Live, heatmap.From, heatmap.To));
        if (heatmap.Pattern is { } pattern) Console.WriteLine(pattern.Sentence);
        for (var row = 0; row < count; row++)
        {
            if (row > 0 && heatmap.Scopes[row].Dc != heatmap.Scopes[row - 1].Dc) Console.WriteLine();
            var line = new System.Text.StringBuilder(heatmap.Scopes[row].Path.PadRight(width + 1));
            for (var column = 0; column < count; column++)
            {
                if (column > 0 && heatmap.Scopes[column].Dc != heatmap.Scopes[column - 1].Dc) line.Append(' ');
                line.Append(Cell(states[row, column], failed[row, column], colours));
            }

            if (colours) AnsiConsole.MarkupLine(line.ToString());
            else Console.WriteLine(line.ToString());
        }

        Console.WriteLine();
        Console.WriteLine(
            $"rows probe columns; g P99 < {Figures.Rtt(heatmap.Thresholds.YellowUs)}, y up to {Figures.Rtt(heatmap.Thresholds.RedUs)}, "
            + $"R above or drop rate > {Figures.Rate(heatmap.Thresholds.DropRate)}, x no success, . no data, ! some failed");
    }

    private static string Cell(string? state, bool failed, bool colours)
    {
        var (sign, colour) = state switch
        {
            "green" => ("g", "black on green"),
            "yellow" => ("y", "black on yellow"),
            "red" => ("R", "white on red"),
            "unreachable" => ("x", "black on white"),
            _ => (".", "grey on default"),
        };
        var mark = failed ? "!" : " ";
        return colours ? $"[{colour}]{sign}{mark}[/]" : sign + mark;
    }
}
