using System.Diagnostics;
using System.Text.RegularExpressions;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Alerts;

public partial class RulesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "prometheus");
    private static readonly string[] Rules = ["pingmesh-recording.rules.yml", "pingmesh-alerts.rules.yml"];

    [Fact]
    public async Task Prometheus_takes_the_rules_and_they_do_what_their_tests_say()
    {
        var promtool = Requires.Program("promtool", "prometheus");
        await RunAsync(promtool, ["check", "rules", .. Rules]);
        await RunAsync(promtool, ["test", "rules", "pingmesh-rules.test.yml"]);
    }

    [Fact]
    public async Task Server_has_the_metrics_that_the_rules_are_about_and_tells_of_its_watchdogs()
    {
        await using var hook = new HookListener();
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 2));
        var configuration = Path.Combine(server.Folder, "pingmesh.yaml");
        await File.WriteAllTextAsync(configuration, $"alerts:\n  receivers:\n    - {{name: hook, type: webhook, url: '{hook.Url}'}}\n");
        await server.StartAsync("--config", configuration);
        var metrics = await server.Http.GetStringAsync("/metrics");
        foreach (var rules in Rules)
        {
            foreach (var metric in MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, rules))).Select(match => match.Value).Distinct())
            {
                // SLAs come with the first measurements.
                if (!metric.StartsWith("pingmesh_sla_", StringComparison.Ordinal)) Assert.Contains($"# TYPE {metric} ", metrics, StringComparison.Ordinal);
            }
        }

        var watchdogs = await server.Http.GetStringAsync("/api/v1/watchdogs");
        Assert.Contains("\"watchdog\":\"uploads\",\"ok\":null", watchdogs, StringComparison.Ordinal);
        Assert.Equal("[]", await server.Http.GetStringAsync("/api/v1/alerts"));

        var test = await CommandRun.RunAsync("alerts", "test", "--config", configuration);
        Assert.Equal((0, "hook: ok\n"), (test.ExitCode, test.Output));
        Assert.Contains("PingmeshTest", Assert.Single(hook.Requests).Body, StringComparison.Ordinal);
        hook.Answers(403);
        test = await CommandRun.RunAsync("alerts", "test", "--config", configuration, "--receiver", "hook", "--json");
        Assert.Equal(1, test.ExitCode);
        Assert.Contains("\"ok\":false,\"detail\":\"HTTP 403", test.Output, StringComparison.Ordinal);
        test = await CommandRun.RunAsync("alerts", "test", "--config", configuration, "--receiver", "hok");
        Assert.Equal(2, test.ExitCode);
        Assert.Contains("no receiver 'hok'; it has hook", test.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_receivers_are_told_by_config_check_and_stop_the_server()
    {
        var folder = Directory.CreateTempSubdirectory("pingmesh-test-");
        try
        {
            var (file, template) = (Path.Combine(folder.FullName, "pingmesh.yaml"), Path.Combine(folder.FullName, "body.json"));
            await File.WriteAllTextAsync(file, "alerts:\n  alert_p99: fast\n  receivers:\n    - {name: a, type: webhook, url: http://x/, colour: red}\n");
            var check = await CommandRun.RunAsync("config", "check", file);
            Assert.Equal(1, check.ExitCode);
            Assert.Contains(":2:14: 'alert_p99': 'fast' is no duration", check.Errors, StringComparison.Ordinal);
            Assert.Contains(": unknown key 'colour'; valid here: ", check.Errors, StringComparison.Ordinal);

            await File.WriteAllTextAsync(template, "{\n\"x\": \"{{sumary}}\"}");
            await File.WriteAllTextAsync(file, $"alerts:\n  receivers:\n    - {{name: a, type: webhook, url: http://x/, template_file: '{template}'}}\n");
            var server = await CommandRun.RunAsync("server", "--listen", $"127.0.0.1:{ServerProcess.FreePort()}", "--data", Path.Combine(folder.FullName, "data"), "--config", file);
            Assert.Equal(1, server.ExitCode);
            Assert.Contains("body.json:2:1: there is no field 'sumary'", server.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(output));
    }

    [GeneratedRegex(@"\bpingmesh_[a-z0-9_]+")]
    private static partial Regex MetricName();
}
