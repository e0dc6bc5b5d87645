using System.CommandLine;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Controller.Pinglists;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh pause</c> and <c>resume</c>.</summary>
internal static class PauseCommand
{
    public static Command Create()
    {
        var scope = new Argument<string?>("SCOPE") { Description = "What to pause, such as dc1, dc1/ps2, dc1/ps2/pod3 or role=web; '*' for all; without it: show what is paused.", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string?>("--reason") { Description = "Why, for others to read.", HelpName = "TEXT" };
        var json = JsonOutput.Option();
        var command = new Command("pause", "Stop all probes that leave or enter a scope, or show which are stopped.\n\nExample: pingmesh pause dc1/ps2 --reason 'change 4711'")
        {
            scope, reason, json,
        };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, _) =>
        {
            using var client = ApiClient.Create(flags);
            if (flags.GetValue(scope) is not { } text) return await ShowAsync(client, flags.GetValue(json));
            var query = flags.GetValue(reason) is { } why ? $"?reason={Uri.EscapeDataString(why)}" : "";
            await client.SendAsync(HttpMethod.Put, $"/api/v1/paused/{Path(text)}{query}");
            Console.WriteLine($"{text} is paused: its hosts stop probing, and others stop probing them, within a sync interval; 'pingmesh resume {text}' ends it");
            return CommandLine.Ok;
        });
        return command;
    }

    public static Command CreateResume()
    {
        var scope = new Argument<string>("SCOPE") { Description = "The scope as it was paused." };
        var command = new Command("resume", "Let a paused scope be probed again.\n\nExample: pingmesh resume dc1/ps2") { scope };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, _) =>
        {
            using var client = ApiClient.Create(flags);
            await client.SendAsync(HttpMethod.Delete, $"/api/v1/paused/{Path(flags.GetValue(scope)!)}");
            Console.WriteLine($"{flags.GetValue(scope)} is resumed");
            return CommandLine.Ok;
        });
        return command;
    }

    private static async Task<int> ShowAsync(ApiClient client, bool json)
    {
        var (text, pauses) = await client.GetAsync<IReadOnlyList<PausedScope>>("/api/v1/paused");
        if (json)
        {
            Console.WriteLine(text);
            return CommandLine.Ok;
        }

        if (pauses.Count == 0)
        {
            Console.WriteLine("nothing is paused");
            return CommandLine.Ok;
        }

        var table = new TextTable("SCOPE", "SINCE", "BY", "REASON");
        foreach (var pause in pauses) table.Add(pause.Scope, pause.Since.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture), pause.By, pause.Reason);
        table.Write(Console.Out);
        return CommandLine.Ok;
    }

    private static string Path(string scope) => string.Join('/', scope.Split('/').Select(Uri.EscapeDataString));
}
