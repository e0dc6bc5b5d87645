using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pingmesh.Analysis.Incidents;
using Pingmesh.AgentCli.Output;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh incidents</c>: what is and was wrong with the network; what operators say of it.</summary>
internal static class IncidentsCommand
{
    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over." };
        var last = new Option<string?>("--last") { Description = "Those that began in the time up to now, such as 1d, over or not.", HelpName = "DURATION" };
        var json = JsonOutput.Option();
        var command = new Command("incidents", "List what is wrong with the network, by cause: where, since when, who is suspected.\n\nExample: pingmesh incidents --last 1d") { all, last, json };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            if (flags.GetValue(all) && flags.GetValue(last) is not null) throw new UsageException("--all and --last exclude each other; keep one");
            using var api = ApiClient.Create(flags);
            var text = await api.GetTextAsync($"/api/v1/incidents{Query(flags.GetValue(all), flags.GetValue(last))}", cancel);
            if (flags.GetValue(json)) Console.WriteLine(text);
            else List(Read<List<Incident>>(text));
            return CommandLine.Ok;
        });
        command.Add(CreateShow());
        command.Add(CreateChange("acknowledge", "Say that you look after an incident.", HttpMethod.Put, "acknowledgement", "20261121-0930-1a2b3c4d"));
        command.Add(CreateSilence());
        command.Add(CreateChange("unsilence", "Make alerts of a silenced incident again.", HttpMethod.Delete, "silence", "20261121-0930-1a2b3c4d"));
        command.Add(CreateComment());
        return command;
    }

    private static string Query(bool all, string? last)
    {
        if (last is null) return all ? "?state=all" : "";
        var span = FlagRanges.Duration("--last", last, TimeSpan.FromSeconds(1), TimeSpan.FromDays(400));
        var now = DateTimeOffset.UtcNow;
        return $"?from={(now - span).ToUnixTimeSeconds()}&to={now.ToUnixTimeSeconds() + 1}";
    }

    private static Argument<string> IdArgument() => new("ID") { Description = "Id of the incident, as the list has it." };

    private static Command CreateShow()
    {
        var id = IdArgument();
        var evidence = new Option<bool>("--evidence") { Description = "With the flows and their paths that it was found by." };
        var json = JsonOutput.Option();
        var command = new Command("show", "Show one incident: suspects, figures, timeline.\n\nExample: pingmesh incidents show 20261121-0930-1a2b3c4d --evidence") { id, evidence, json };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            using var api = ApiClient.Create(flags);
            var path = $"/api/v1/incidents/{Uri.EscapeDataString(flags.GetValue(id)!)}";
            var text = await api.GetTextAsync(flags.GetValue(evidence) && flags.GetValue(json) ? $"{path}/evidence" : path, cancel);
            if (flags.GetValue(json))
            {
                Console.WriteLine(text);
                return CommandLine.Ok;
            }

            Show(Read<Incident>(text));
            if (flags.GetValue(evidence)) Show(Read<IncidentEvidence>(await api.GetTextAsync($"{path}/evidence", cancel)));
            return CommandLine.Ok;
        });
        return command;
    }

    private static Command CreateChange(string name, string does, HttpMethod method, string resource, string example)
    {
        var id = IdArgument();
        var command = new Command(name, $"{does} Needs the role operator.\n\nExample: pingmesh incidents {name} {example}") { id };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            using var api = ApiClient.Create(flags);
            await api.SendAsync(method, $"/api/v1/incidents/{Uri.EscapeDataString(flags.GetValue(id)!)}/{resource}");
            return CommandLine.Ok;
        });
        return command;
    }

    private static Command CreateSilence()
    {
        var id = IdArgument();
        var span = new Option<string>("--for") { Description = "How long, such as 2h; at most 30d.", HelpName = "DURATION", Required = true };
        var command = new Command("silence", "Make no alerts of an incident for a while. Needs the role operator.\n\nExample: pingmesh incidents silence 20261121-0930-1a2b3c4d --for 2h") { id, span };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            var duration = FlagRanges.Duration("--for", flags.GetValue(span)!, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
            using var api = ApiClient.Create(flags);
            await api.SendAsync(HttpMethod.Put, $"/api/v1/incidents/{Uri.EscapeDataString(flags.GetValue(id)!)}/silence?duration={Uri.EscapeDataString(DurationText.Format(duration))}");
            return CommandLine.Ok;
        });
        return command;
    }

    private static Command CreateComment()
    {
        var id = IdArgument();
        var text = new Argument<string>("TEXT") { Description = "What is to stand in its timeline." };
        var command = new Command("comment", "Add a comment to an incident. Needs the role operator.\n\nExample: pingmesh incidents comment 20261121-0930-1a2b3c4d \"line card is being replaced\"") { id, text };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            using var api = ApiClient.Create(flags);
            await api.PostAsync<Comment, JsonElement>($"/api/v1/incidents/{Uri.EscapeDataString(flags.GetValue(id)!)}/comments", new Comment(flags.GetValue(text)!), cancel);
            return CommandLine.Ok;
        });
        return command;
    }

    private static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, IncidentJson.Options) ?? throw new FailedException("the server's answer is empty");

    private static void List(List<Incident> incidents)
    {
        if (incidents.Count == 0)
        {
            Console.WriteLine("no incident");
            return;
        }

        var table = new TextTable("ID", "STATE", "KIND", "SCOPE", "ONSET", "SUSPECT");
        foreach (var one in incidents)
            table.Add(one.Id, Word(one.State), Word(one.Kind), one.Scope, Time(one.Onset), one is { NotEnoughEvidence: null, Suspects.Count: > 0 } ? $"{one.Suspects[0].Kind} {one.Suspects[0].Name}" : "-");
        table.Write(Console.Out);
        Console.WriteLine();
        foreach (var one in incidents) Console.WriteLine($"{one.Id}: {one.Summary}");
    }

    private static void Show(Incident one)
    {
        Console.WriteLine($"{one.Id}   {Word(one.State)}   {Word(one.Kind)} {one.Scope}");
        Console.WriteLine($"  {one.Summary}");
        Console.WriteLine($"  onset {Time(one.Onset)}, found after {(one.Detected - one.Onset).TotalSeconds:F0} s{(one.Confirmed is { } confirmed ? $", investigated after {(confirmed - one.Onset).TotalSeconds:F0} s" : "")}{(one.Resolved is { } over ? $", over {Time(over)}" : "")}");
        Console.WriteLine($"  concerns {one.Radius.Hosts} hosts in {one.Radius.Pods} pods, {one.Radius.HostPairs} host pairs{(one.Radius.Services.Count > 0 ? $"; services {string.Join(", ", one.Radius.Services)}" : "")}");
        if (one.Acknowledged is { } by) Console.WriteLine($"  {by.By} looks after it since {Time(by.At)}");
        if (one.SilencedUntil is { } until && until > DateTimeOffset.UtcNow) Console.WriteLine($"  silent until {Time(until)}");
        if (one.Suspects.Count > 0)
        {
            Console.WriteLine();
            var table = new TextTable("SUSPECT", "", "LIKELIHOOD", "FLOWS IN TROUBLE", "OTHERS");
            foreach (var suspect in one.Suspects)
                table.Add(suspect.Kind, suspect.Name, suspect.Score.ToString("P1", CultureInfo.InvariantCulture), Share(suspect.Bad, suspect.BadOf), Share(suspect.Good, suspect.GoodOf));
            table.Write(Console.Out);
        }

        if (one.Reproducer is { } reproducer)
        {
            Console.WriteLine();
            Console.WriteLine($"  at {reproducer.Host} this fails each time:");
            Console.WriteLine($"    {reproducer.Fails}");
            if (reproducer.Passes.Length > 0) Console.WriteLine("  and this passes:");
            if (reproducer.Passes.Length > 0) Console.WriteLine($"    {reproducer.Passes}");
        }

        Console.WriteLine();
        foreach (var note in one.Timeline) Console.WriteLine($"  {Time(note.At)}  {note.By}: {note.Text}");
    }

    private static void Show(IncidentEvidence evidence)
    {
        Console.WriteLine();
        if (evidence.OnlyBad.Count > 0) Console.WriteLine($"  only flows in trouble go through: {string.Join(", ", evidence.OnlyBad.Take(12))}");
        if (evidence.ProbedAgain > 0) Console.WriteLine($"  probed again: {evidence.FailedAgain} of {evidence.ProbedAgain} with the same ports failed, {evidence.FreshFailed} of {evidence.FreshPorts} with others");
        foreach (var (pod, score) in evidence.BlackHoleScores.OrderByDescending(one => one.Value).Take(5)) Console.WriteLine($"  black hole score of {pod}: {score.ToString("P0", CultureInfo.InvariantCulture)} of its hosts cannot reach some peers");
        if (evidence.NoisyHosts.Count > 0) Console.WriteLine($"  in trouble of their own, and left out: {string.Join(", ", evidence.NoisyHosts)}");
        var table = new TextTable("TIME", "FLOW", "OUTCOME", "THERE", "BACK");
        foreach (var flow in evidence.Flows.OrderByDescending(flow => flow.IsBad).Take(40))
            table.Add(Time(flow.At), $"{flow.Source}:{flow.SourcePort} > {flow.Target}:{flow.TargetPort}", flow.Outcome, Path(flow.There, flow.ThereReached), Path(flow.Back, flow.BackReached));
        table.Write(Console.Out);
    }

    private static string Path(IReadOnlyList<string?> nodes, bool reached) => nodes.Count == 0 ? "-" : string.Join(" ", nodes.Skip(1).Select(node => node ?? "?")) + (reached ? "" : " ...");

    private static string Share(double count, int of) => of == 0 ? "-" : $"{count.ToString("0.#", CultureInfo.InvariantCulture)} of {of}";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The body of a comment.</summary>
    private sealed record Comment(string Text);
}
