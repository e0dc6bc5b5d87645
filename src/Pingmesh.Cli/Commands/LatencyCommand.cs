using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh latency</c>.</summary>
internal static class LatencyCommand
{
    private static readonly string[] Percentiles = ["p50", "p90", "p99", "p99.9", "p99.99"];

    // Shares at which a distribution is shown.
    private static readonly double[] Shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

    public static Command Create()
    {
        var of = new Argument<string[]>("OF")
        {
            Description = "Whose probes: all, dc1, dc1/ps1, dc1/ps1/pod1, a host, host1+host2, service:NAME, or A->B; then any of ,kind= ,class= ,qos= ,side=. Several stand side by side.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var cdf = new Option<bool>("--cdf") { Description = "Show the distribution." };
        var step = new Option<int?>("--step") { Description = "Show the course of time in steps of so many seconds; 0 for steps that suit the range.", HelpName = "SECONDS" };
        var command = new Command(
            "latency",
            """
            Show percentiles of the RTT, its distribution or its course, of any number of scopes side by side.

            Example: pingmesh latency all,class=intra-pod all,class=intra-dc --last 1h --cdf
            """)
        {
            of, cdf, step,
        };
        var output = new AnswerOutput(command, "csv", "jsonl");
        var range = new RangeFlags(command, "1h");
        ApiClient.AddFlags(command);
        command.SetAction((flags, cancel) =>
        {
            var asked = flags.GetValue(of) is { Length: > 0 } given ? given : ["all"];
            var path = $"/api/v1/latency?{string.Join('&', asked.Select(one => $"of={Uri.EscapeDataString(one)}"))}{range.ToQuery(flags)}";
            if (flags.GetValue(step) is { } seconds) path += $"&step={seconds}";
            return output.PrintAsync<LatencyResponse>(flags, path, latency => Show(latency.Latencies, flags.GetValue(cdf)), cancel);
        });
        return command;
    }

    private static void Show(IReadOnlyList<LatencyOfResponse> latencies, bool withCdf)
    {
        Console.WriteLine(TimeSpanText.Of(false, latencies[0].From, latencies[0].To));
        var table = new TextTable(["OF", "PROBES", "FAILED", "DROP RATE", "MIN", "MEAN", .. Percentiles.Select(name => name.ToUpperInvariant()), "MAX"]);
        foreach (var one in latencies)
        {
            table.Add(
            [
                one.Of, Figures.Count(one.Probes), Figures.Count(one.Failures), Figures.Rate(one.DropRate), Figures.Rtt(one.MinUs), Figures.Rtt(one.MeanUs),
                .. Percentiles.Select(name => Figures.Rtt(one.PercentilesUs.TryGetValue(name, out var us) ? us : null)), Figures.Rtt(one.MaxUs),
            ]);
        }

        table.Write(Console.Out);
        if (withCdf) ShowCdf(latencies);
        foreach (var one in latencies.Where(one => one.Series is not null)) ShowSeries(one);
    }

    private static void ShowCdf(IReadOnlyList<LatencyOfResponse> latencies)
    {
        Console.WriteLine();
        var table = new TextTable(["SHARE", .. latencies.Select(one => one.Of)]);
        foreach (var share in Shares)
            table.Add([share.ToString("0.####", CultureInfo.InvariantCulture), .. latencies.Select(one => Figures.Rtt(At(one, share)))]);
        table.Write(Console.Out);
    }

    private static double? At(LatencyOfResponse latency, double share)
    {
        for (var i = 0; i < latency.CdfShare.Count; i++)
        {
            if (latency.CdfShare[i] >= share) return latency.CdfUs[i];
        }

        return null;
    }

    private static void ShowSeries(LatencyOfResponse latency)
    {
        Console.WriteLine();
        Console.WriteLine($"{latency.Of}, every {latency.Step} s");
        var table = new TextTable("START", "PROBES", "FAILED", "DROP RATE", "P50", "P99");
        foreach (var point in latency.Series!)
        {
            table.Add(
                DateTimeOffset.FromUnixTimeSeconds(point.Start).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Figures.Count(point.Probes), Figures.Count(point.Failures),
                Figures.Rate(point.DropRate), Figures.Rtt(point.P50Us), Figures.Rtt(point.P99Us));
        }

        table.Write(Console.Out);
    }
}
