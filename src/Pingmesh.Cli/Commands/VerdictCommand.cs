using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh verdict</c>: is it the network?</summary>
internal static class VerdictCommand
{
    public static Command Create()
    {
        var of = new Argument<string?>("OF")
        {
            Description = "Whose trouble: a host, host1+host2, dc1, dc1/ps1, dc1/ps1/pod1, service:NAME, or a pair A->B.", Arity = ArgumentArity.ZeroOrOne,
        };
        var service = new Option<string?>("--service") { Description = "A service, as service:NAME.", HelpName = "NAME" };
        var json = JsonOutput.Option();
        var command = new Command(
            "verdict",
            """
            Answer "is it the network?": network, host, not the network, or not enough data, with the figures before and during, a
            control group and the share of pairs that are affected.

            Example: pingmesh verdict --service search --from 2026-11-20T14:00:00Z --to 2026-11-20T14:30:00Z
                     pingmesh verdict 'web1->db3' --last 30m
            """)
        {
            of, service, json,
        };
        var range = new RangeFlags(command, "1h");
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            var subject = (flags.GetValue(of), flags.GetValue(service)) switch
            {
                ({ } scope, null) => scope,
                (null, { } name) => $"service:{name}",
                (null, null) => throw new UsageException("say whose trouble it is: a scope, or --service NAME"),
                _ => throw new UsageException("a scope and --service exclude each other; keep one"),
            };
            using var api = ApiClient.Create(flags);
            var (text, verdict) = await api.GetAsync<VerdictResponse>($"/api/v1/verdict?of={Uri.EscapeDataString(subject)}{range.ToQuery(flags)}", cancel);
            if (flags.GetValue(json)) Console.WriteLine(text);
            else Show(verdict);
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(VerdictResponse verdict)
    {
        Console.WriteLine($"{verdict.Verdict.ToUpperInvariant()}   ({TimeSpanText.Of(false, verdict.Comparison.From, verdict.Comparison.To)}, compared with {TimeSpanText.Of(false, verdict.Comparison.BeforeFrom, verdict.Comparison.BeforeTo)})");
        foreach (var sentence in verdict.Words) Console.WriteLine($"  {sentence}");
        foreach (var incident in verdict.Incidents) Console.WriteLine($"  Incident {incident.Id} ({incident.State}): {incident.Summary}");
    }
}
