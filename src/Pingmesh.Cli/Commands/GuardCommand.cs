using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pingmesh.AgentCli.Running;
using Pingmesh.Cli.Output;
using Pingmesh.Cli.Running;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Api;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh guard start|check</c>: did a change do harm? For pipelines.</summary>
internal static class GuardCommand
{
    /// <summary>Exit code when there are too few probes to say.</summary>
    private const int NotEnough = 3;

    private const int MinuteSeconds = 60;

    // Agents upload what they measured within this time.
    private static readonly TimeSpan UploadTime = TimeSpan.FromSeconds(15);

    public static Command Create() => new("guard", "Compare a scope before and after a drain, an upgrade or a deployment with its control group.") { CreateStart(), CreateCheck() };

    private static Option<string> ScopeOption() =>
        new("--scope") { Description = "What is changed: a host, dc1, dc1/ps1, dc1/ps1/pod1 or service:NAME.", HelpName = "SCOPE", Required = true };

    private static Option<string> FileOption() =>
        new("--file") { Description = "Where start keeps its time for check.", HelpName = "FILE", DefaultValueFactory = _ => ".pingmesh-guard.json" };

    private static Command CreateStart()
    {
        var (scope, file) = (ScopeOption(), FileOption());
        var command = new Command("start", "Remember that a change begins now.\n\nExample: pingmesh guard start --scope dc1/ps2") { scope, file };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            // Asked once, so that a mistyped scope shows before the change and not after it.
            using var api = ApiClient.Create(flags);
            var before = await CompareAsync(api, flags.GetValue(scope)!, DateTimeOffset.UtcNow, null, cancel);
            var started = ReadFile(flags.GetValue(file)!);
            started[flags.GetValue(scope)!] = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            await File.WriteAllTextAsync(flags.GetValue(file)!, JsonSerializer.Serialize(started), cancel);
            Console.WriteLine($"{flags.GetValue(scope)}: {before.Value.Sent.Before.Probes} probes of the hour before to compare with; after the change run 'pingmesh guard check --scope {flags.GetValue(scope)} --wait 10m'");
            return CommandLine.Ok;
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var (scope, file) = (ScopeOption(), FileOption());
        var wait = new Option<string?>("--wait") { Description = "Measure this long from now; without it, what was measured since start counts.", HelpName = "DURATION" };
        var json = JsonOutput.Option();
        var command = new Command(
            "check",
            """
            Tell whether the change did harm. Exit code 0: no harm; 1: worse, with the evidence; 3: not enough data.

            Example: pingmesh guard check --scope dc1/ps2 --wait 10m
            """)
        {
            scope, file, wait, json,
        };
        ApiClient.AddFlags(command);
        command.SetAction(async (flags, cancel) =>
        {
            var subject = flags.GetValue(scope)!;
            if (!ReadFile(flags.GetValue(file)!).TryGetValue(subject, out var started))
                throw new FailedException($"no change of '{subject}' was begun in {flags.GetValue(file)}; run 'pingmesh guard start --scope {subject}' before the change");
            using var api = ApiClient.Create(flags);
            var after = DateTimeOffset.FromUnixTimeSeconds(started);
            if (flags.GetValue(wait) is { } text)
            {
                if (!DurationText.TryParse(text, out var duration) || duration < TimeSpan.FromMinutes(1)) throw new UsageException($"--wait: '{text}' is no duration of a minute or more; {DurationText.Rule}");
                after = DateTimeOffset.UtcNow;
                await WaitAsync(duration, cancel);
            }

            var (answer, comparison) = await CompareAsync(api, subject, DateTimeOffset.FromUnixTimeSeconds(started), after, cancel);
            if (flags.GetValue(json)) Console.WriteLine(answer);
            else Show(comparison);
            return comparison switch
            {
                { Worse: true, ControlAsBad: false } => CommandLine.Failed,
                { Enough: true } => CommandLine.Ok,
                _ => NotEnough,
            };
        });
        return command;
    }

    // The hour up to the start; and from the first whole minute after the change to now, or the last hour when there is no change yet.
    private static Task<(string Json, ComparisonResponse Value)> CompareAsync(ApiClient api, string scope, DateTimeOffset started, DateTimeOffset? after, CancellationToken cancel)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var start = started.ToUnixTimeSeconds() / MinuteSeconds * MinuteSeconds;
        var from = after is { } changed ? ((changed.ToUnixTimeSeconds() + MinuteSeconds - 1) / MinuteSeconds * MinuteSeconds) : start - MinuteSeconds;
        if (from >= now) throw new FailedException("the change began less than a minute ago; wait, or give --wait 10m");
        return api.GetAsync<ComparisonResponse>(
            $"/api/v1/comparison?of={Uri.EscapeDataString(scope)}&before_from={start - 3_600}&before_to={start}&from={from}&to={now}", cancel);
    }

    private static async Task WaitAsync(TimeSpan duration, CancellationToken cancel)
    {
        var until = DateTimeOffset.UtcNow + duration + UploadTime;
        while (DateTimeOffset.UtcNow < until)
        {
            var left = until - DateTimeOffset.UtcNow;
            if (!Console.IsErrorRedirected) await Console.Error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\rmeasuring, {left:mm\\:ss} left "));
            await Task.Delay(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), cancel);
        }

        if (!Console.IsErrorRedirected) await Console.Error.WriteAsync("\r                       \r");
    }

    private static Dictionary<string, long> ReadFile(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path)) ?? [] : [];
        }
        catch (JsonException)
        {
            throw new FailedException($"{path} is not what 'pingmesh guard start' writes; remove it or give another --file");
        }
    }

    private static void Show(ComparisonResponse comparison)
    {
        Console.WriteLine(comparison switch
        {
            { Worse: true, ControlAsBad: false } => $"{comparison.Of} is WORSE than before the change",
            { Worse: true } => $"{comparison.Of} is worse, but its control group no less: something else happened",
            { Enough: true } => $"{comparison.Of}: no harm",
            _ => $"{comparison.Of}: not enough data",
        });
        ShowChange("probes from it", comparison.Sent);
        if (comparison.Received is { } received) ShowChange("probes to it", received);
        if (comparison.Control is { } control) ShowChange($"control group, {comparison.ControlPods.Count} pods", control);
        else Console.WriteLine("  control group: none was measured");
    }

    private static void ShowChange(string name, ChangeResponse change) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name}: {change.Before.Probes} -> {change.During.Probes} probes, loss {change.LossBefore:G2} -> {change.Loss:G2} (95 %: {change.LossLow:G2} to {change.LossHigh:G2}){(change.LossRose ? " ROSE" : "")}, P99 {AgentCli.Output.Figures.Rtt(change.Before.P99Us)} -> {AgentCli.Output.Figures.Rtt(change.During.P99Us)}{(change.LatencyRose ? " ROSE" : "")}"));
}
