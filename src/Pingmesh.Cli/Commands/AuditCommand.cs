using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh audit</c>: who had what done.</summary>
internal static class AuditCommand
{
    private const int MaxEntries = 10_000;

    public static Command Create()
    {
        var last = new Option<string?>("--last") { Description = "Only the time up to now, such as 1d; default all that is kept.", HelpName = "DURATION" };
        var limit = CountOption.Create("--limit", "Most lines, the newest", 100, MaxEntries);
        var json = JsonOutput.Option();
        var command = new Command("audit", "Show who had what done, when and from where. Needs the role admin.\n\nExample: pingmesh audit --last 1d") { last, limit, json };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            var path = $"/api/v1/audit?limit={flags.GetValue(limit)}";
            if (flags.GetValue(last) is { } text)
            {
                var span = FlagRanges.Duration("--last", text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(10_000));
                var now = DateTimeOffset.UtcNow;
                path += $"&from={(now - span).ToUnixTimeSeconds()}&to={now.ToUnixTimeSeconds() + 1}";
            }

            using var client = ApiClient.Create(flags);
            var (answer, entries) = await client.GetAsync<IReadOnlyList<AuditResponse>>(path, cancel);
            if (flags.GetValue(json)) Console.WriteLine(answer);
            else Show(entries);
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(IReadOnlyList<AuditResponse> entries)
    {
        var table = new TextTable("TIME", "WHO", "ROLE", "FROM", "ACTION", "DETAIL");
        foreach (var entry in entries) table.Add(entry.At.UtcDateTime.ToString("u", CultureInfo.InvariantCulture), entry.Who, entry.Role, entry.Address, entry.Action, entry.Detail);
        table.Write(Console.Out);
    }
}
