using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh agents</c>: which agents are there, and which may speak.</summary>
internal static class AgentsCommand
{
    // Below this the way to the server may explain it.
    private const double Tolerated = 5;

    public static Command Create()
    {
        var json = JsonOutput.Option();
        var command = new Command("agents", "Show the agents that a server has heard of.\n\nExample: pingmesh agents") { json };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            using var client = ApiClient.Create(flags);
            var (text, agents) = await client.GetAsync<IReadOnlyList<AgentResponse>>("/api/v1/agents", cancel);
            if (flags.GetValue(json)) Console.WriteLine(text);
            else Show(agents);
            return CommandLine.Ok;
        });
        command.Add(Change("revoke", "Refuse an agent: its credential is good no more.\n\nExample: pingmesh agents revoke host7", HttpMethod.Put, "is revoked"));
        command.Add(Change("allow", "Let a revoked agent enrol again.\n\nExample: pingmesh agents allow host7", HttpMethod.Delete, "may enrol again"));
        return command;
    }

    private static Command Change(string name, string description, HttpMethod method, string done)
    {
        var host = new Argument<string>("HOST") { Description = "The agent's host." };
        var command = new Command(name, description) { host };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, _) =>
        {
            using var client = ApiClient.Create(flags);
            await client.SendAsync(method, $"/api/v1/revoked/{Uri.EscapeDataString(flags.GetValue(host)!)}");
            Console.WriteLine($"{flags.GetValue(host)} {done}");
            return CommandLine.Ok;
        });
        return command;
    }

    private static void Show(IReadOnlyList<AgentResponse> agents)
    {
        var table = new TextTable("HOST", "STATE", "VERSION", "PINGLIST", "UPLOAD", "LOST PROBES", "CLOCK", "NOISE");
        foreach (var agent in agents)
        {
            table.Add(
                agent.Host, agent.Silent ? "silent" : "ok", agent.Version ?? "", Time(agent.PinglistFetched), Time(agent.Uploaded),
                agent.LostProbes.ToString(CultureInfo.InvariantCulture), Clock(agent.ClockBehindS), string.Join(' ', agent.Noise));
        }

        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine($"{agents.Count} agents, {agents.Count(agent => agent.Silent)} silent");
    }

    private static string Clock(double? behind) => behind switch
    {
        null => "",
        > Tolerated => string.Create(CultureInfo.InvariantCulture, $"{behind:F0} s behind"),
        < -Tolerated => string.Create(CultureInfo.InvariantCulture, $"{-behind:F0} s ahead"),
        _ => "ok",
    };

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "never";
}
