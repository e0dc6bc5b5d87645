using System.Diagnostics;
using System.Text.Json;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Alerts;

public class PrometheusTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task Real_prometheus_scrapes_the_server_and_evaluates_the_alerting_rules()
    {
        var program = Requires.Program("prometheus", "prometheus");
        await using var server = new ServerProcess(TestMesh.Topology(1, 1, 2, 2));
        await server.StartAsync();
        var rules = Path.Combine(Repository.Root, "deploy", "prometheus", "pingmesh-alerts.rules.yml");
        var configuration = Path.Combine(server.Folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: ['{rules}']\nscrape_configs:\n  - {{job_name: pingmesh, static_configs: [{{targets: ['{server.Url.Authority}']}}]}}\n");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/") };
        using var process = Process.Start(new ProcessStartInfo(
            program,
            [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(server.Folder, "tsdb")}", $"--web.listen-address={http.BaseAddress.Authority}"])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            var alerts = "";
            await Eventually.IsTrueAsync(
                async () => (alerts = await http.GetStringAsync("/api/v1/alerts")).Contains("PingmeshRulesAlive", StringComparison.Ordinal), Limit, () => alerts);
            await Eventually.IsTrueAsync(
                async () => (alerts = await http.GetStringAsync("/api/v1/query?query=sum(pingmesh_watchdog_ok)")).Contains("\"5\"", StringComparison.Ordinal), Limit, () => alerts);
            using var groups = JsonDocument.Parse(await http.GetStringAsync("/api/v1/rules"));
            var broken = groups.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray()
                .SelectMany(group => group.GetProperty("rules").EnumerateArray())
                .Where(rule => rule.GetProperty("health").GetString() == "err")
                .Select(rule => rule.GetProperty("name").GetString());
            Assert.Empty(broken);

            // A server that is well makes no alert but the one that always fires.
            using var firing = JsonDocument.Parse(await http.GetStringAsync("/api/v1/alerts"));
            Assert.Equal(["PingmeshRulesAlive"], firing.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
