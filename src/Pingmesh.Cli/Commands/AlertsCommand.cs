using System.CommandLine;
using System.Text.Json;
using Pingmesh.AgentCli.Configuration;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Configuration;
using Pingmesh.Cli.Output;
using Pingmesh.Server.Alerts;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh alerts test</c>: do receivers get alerts?</summary>
internal static class AlertsCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create(ConfigurationFile file)
    {
        var receiver = new Option<string[]>("--receiver") { Description = "Only this receiver; may be repeated.", HelpName = "NAME" };
        var json = JsonOutput.Option();
        var test = new Command(
            "test",
            """
            Send a test alert to the receivers of a configuration file, once, and tell what became of it. Exit code 1: one did not take it.

            Example: pingmesh alerts test --config /etc/pingmesh/pingmesh.yaml --receiver oncall
            """)
        {
            receiver, json, ConfigurationFile.Path.Option,
        };
        test.SetAction(async (flags, cancel) =>
        {
            if (ConfigurationFile.FileOf(flags) is not { } path) throw new UsageException($"{ConfigurationFile.Path.Flag} is missing; give the server's configuration file, whose section '{AlertsConfiguration.Section}' names the receivers");
            var settings = file.ReadFile(AlertsConfiguration.Section, path, AlertsConfiguration.Read);
            var names = flags.GetValue(receiver) ?? [];
            if (names.FirstOrDefault(name => settings.Receivers.All(one => one.Name != name)) is { } unknown)
                throw new UsageException($"--receiver: {path} has no receiver '{unknown}'; it has {(settings.Receivers.Count == 0 ? "none" : string.Join(", ", settings.Receivers.Select(one => one.Name)))}");
            if (settings.Receivers.Count == 0) throw new FailedException($"{path} names no receivers; add them under 'alerts: receivers:'");

            // At once, so that one that does not answer does not delay the others.
            var chosen = settings.Receivers.Where(one => names.Length == 0 || names.Contains(one.Name));
            var results = (await Task.WhenAll(chosen.Select(one => AlertTest.SendAsync(one, TimeProvider.System, cancel)))).SelectMany(its => its).ToList();
            if (flags.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(results, Json));
            else foreach (var result in results) Console.WriteLine($"{result.Receiver}: {(result.Ok ? "ok" : "FAILED")}{(result.Detail.Length > 0 ? $", {result.Detail}" : "")}");
            return results.All(result => result.Ok) ? CommandLine.Ok : CommandLine.Failed;
        });
        return new Command("alerts", "Work with the receivers of alerts.") { test };
    }
}
