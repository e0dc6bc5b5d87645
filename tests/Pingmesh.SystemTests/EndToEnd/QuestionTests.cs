using System.Net;
using System.Text.Json;
using Pingmesh.Server.Api;

namespace Pingmesh.SystemTests.EndToEnd;

/// <summary>Asks a server whose mesh runs, by API and by command.</summary>
public sealed class QuestionTests
{
    [Fact]
    public async Task Questions_have_answers_by_api_and_command_line_and_wrong_ones_a_reason()
    {
        await using var mesh = new TestMesh(1, 2, 2, 2);
        var services = Path.Combine(mesh.Server.Folder, "services.yaml");
        await File.WriteAllTextAsync(services, "services:\n  shop: [\"*-pod1-*\"]\n");
        await mesh.Server.StartAsync("--services", services);
        mesh.StartAgents();
        await Eventually.IsTrueAsync(
            async () => (await mesh.Server.GetAsync<SlaResponse>("/api/v1/sla")).Scopes[0].Probes >= 40, TimeSpan.FromSeconds(60), () => mesh.Server.Log);
        string[] server = ["--server", mesh.Server.Url.ToString()];

        var latency = await mesh.Server.GetAsync<LatencyResponse>("/api/v1/latency?of=all,class=intra-pod&of=all,class=intra-dc&of=service:shop&step=0");
        Assert.All(latency.Latencies, one => Assert.True(one.Probes > 0 && one.PercentilesUs["p99"] > 0 && one.Series!.Count > 0, one.Of));
        Assert.Equal("not enough data", (await mesh.Server.GetAsync<VerdictResponse>("/api/v1/verdict?of=service:shop")).Verdict);
        Assert.Equal(["shop"], (await mesh.Server.GetAsync<List<ServiceResponse>>("/api/v1/services")).Select(service => service.Name));
        var hosts = await mesh.Server.GetAsync<HeatmapResponse>("/api/v1/heatmap?level=host&scope=dc1/ps1");
        Assert.Equal(("host", 4), (hosts.Level, hosts.Scopes.Count));
        Assert.Equal(4, (await mesh.Server.GetAsync<HeatmapResponse>("/api/v1/heatmap?level=podset")).Cells.Source.Count);
        Assert.NotEmpty((await mesh.Server.GetAsync<WorstResponse>("/api/v1/worst?level=pod-pair&by=p99")).Worst);

        foreach (var (scope, level) in new[] { ("dc1", "dc"), ("dc1/ps2", "podset"), ("dc1/ps2/pod1", "pod"), ("dc1-ps1-pod1-h1", "host"), ("shop", "service"), ("intra-pod", "all") })
        {
            var sla = await mesh.Server.GetAsync<SlaResponse>($"/api/v1/sla?scope={scope}");
            Assert.Equal((level, scope), (sla.Level, Assert.Single(sla.Scopes).Scope));
        }

        foreach (var (path, status, message) in new[]
        {
            ("latency?of=nowhere", HttpStatusCode.NotFound, "neither in the topology"), ("latency?of=service:none", HttpStatusCode.NotFound, "services are shop"),
            ("latency?of=dc1,kind=x", HttpStatusCode.BadRequest, "is no kind of probe"), ("latency?step=7", HttpStatusCode.BadRequest, "multiple of that"),
            ("verdict", HttpStatusCode.BadRequest, "'of' is missing"), ("worst?limit=0", HttpStatusCode.BadRequest, "1 to 1000"),
            ("heatmap?level=rack", HttpStatusCode.BadRequest, "pod, podset, dc, host"), ("sla?scope=nowhere", HttpStatusCode.NotFound, "there is no host 'nowhere'"), ("sla?format=pdf", HttpStatusCode.BadRequest, "json, csv, jsonl, openmetrics"),
        })
        {
            using var answer = await mesh.Server.Http.GetAsync($"/api/v1/{path}");
            Assert.Equal(status, answer.StatusCode);
            Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var csv = await CommandRun.RunAsync(["sla", "--level", "service", "--format", "csv", .. server]);
        Assert.StartsWith("from,to,level,side,scope,target", csv.Output, StringComparison.Ordinal);
        Assert.Contains(",service,source,shop,", csv.Output, StringComparison.Ordinal);
        var lines = (await CommandRun.RunAsync(["latency", "dc1", "--format", "jsonl", .. server])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(JsonDocument.Parse(line).RootElement.GetProperty("share").GetDouble(), 0, 1));
        Assert.EndsWith("# EOF\n", (await CommandRun.RunAsync(["sla", "--format", "openmetrics", .. server])).Output, StringComparison.Ordinal);
        Assert.Contains("SHARE", (await CommandRun.RunAsync(["latency", "dc1", "--cdf", .. server])).Output, StringComparison.Ordinal);
        Assert.StartsWith("NOT ENOUGH DATA", (await CommandRun.RunAsync(["verdict", "--service", "shop", .. server])).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandRun.RunAsync(["worst", "--by", "p99", .. server])).ExitCode);

        string[] guard = ["--scope", "dc1/ps1", "--file", Path.Combine(mesh.Server.Folder, "guard.json"), .. server];
        Assert.Contains("no change", (await CommandRun.RunAsync(["guard", "check", .. guard])).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandRun.RunAsync(["guard", "start", .. guard])).ExitCode);
        await Task.Delay(TimeSpan.FromSeconds(61 - (DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 60)));
        await Eventually.IsTrueAsync(() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 60 > 12, TimeSpan.FromSeconds(20), () => "the minute does not begin");
        var check = await CommandRun.RunAsync(["guard", "check", .. guard]);
        Assert.Equal(3, check.ExitCode);
        Assert.Contains("not enough data", check.Output, StringComparison.Ordinal);

        var backup = Path.Combine(mesh.Server.Folder, "backup.db");
        var copied = await CommandRun.RunAsync(["backup", backup, "--data", Path.Combine(mesh.Server.Folder, "data")]);
        Assert.Equal((0, ""), (copied.ExitCode, copied.Errors));
        Assert.True(File.Exists(backup));
        await Eventually.IsTrueAsync(
            async () => (await mesh.Server.Http.GetStringAsync("/metrics")).Contains("pingmesh_sla_rtt_p99_seconds{level=\"service\",scope=\"shop\"}", StringComparison.Ordinal),
            TimeSpan.FromSeconds(70), () => mesh.Server.Log);
    }
}
