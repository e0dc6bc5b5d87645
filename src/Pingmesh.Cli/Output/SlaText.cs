using Pingmesh.AgentCli.Output;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Output;

/// <summary>SLA figures as a table on the terminal.</summary>
internal static class SlaText
{
    public static void Write(IReadOnlyList<SlaScopeResponse> scopes, string title)
    {
        var (pairs, series) = (scopes.Any(one => one.Target is not null), scopes.Any(one => one.Series is not null));
        var table = new TextTable(
        [
            "SCOPE", .. pairs ? ["TARGET"] : Array.Empty<string>(), .. series ? ["KIND", "CLASS", "QOS"] : Array.Empty<string>(), "PROBES", "FAILED", "DROPS", "DROP RATE", "P50", "P99", "FAILURES",
        ]);
        foreach (var one in scopes)
        {
            table.Add(
            [
                one.Scope, .. pairs ? [one.Target ?? ""] : Array.Empty<string>(),
                .. series ? [one.Series?.Kind ?? "", one.Series?.Class ?? "", $"{one.Series?.Dscp}"] : Array.Empty<string>(),
                Figures.Count(one.Probes), Figures.Count(one.Failures), Figures.Count(one.Drops),
                Figures.Rate(one.DropRate), Figures.Rtt(one.P50Us), Figures.Rtt(one.P99Us),
                string.Join(' ', one.FailuresByError.Select(entry => $"{entry.Key}={entry.Value}")),
            ]);
        }

        Console.WriteLine(title);
        table.Write(Console.Out);
    }
}
