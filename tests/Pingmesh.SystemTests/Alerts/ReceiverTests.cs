using System.Diagnostics;
using System.Text.Json;
using Pingmesh.Core.Exposition;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.SystemTests.EndToEnd;

namespace Pingmesh.SystemTests.Alerts;

public class ReceiverTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly GroupSettings AtOnce = new() { Wait = TimeSpan.Zero };

    [Fact]
    public async Task Webhook_gets_signed_alerts_in_order_through_failures_and_nothing_twice_over_a_restart()
    {
        await using var hook = new HookListener().Answers(500, 429);
        using var secret = new SecretText("top secret");
        await using var rig = new AlertingRig(new ReceiverSettings { Name = "hook", Kind = ReceiverKind.Webhook, Urls = [hook.Url], SecretFile = secret.Path, Group = AtOnce });
        rig.Start();
        rig.Incidents.Set(IncidentList.Make("INC-1"));
        await Eventually.IsTrueAsync(() => Text(rig).Contains("pingmesh_alerts_sent_total{receiver=\"hook\",result=\"delivered\"} 1", StringComparison.Ordinal), Limit, () => Text(rig));
        Assert.Contains("pingmesh_alerts_sent_total{receiver=\"hook\",result=\"failed\"} 2", Text(rig), StringComparison.Ordinal);
        Assert.Contains("pingmesh_alerts_firing{severity=\"critical\"} 1", Text(rig), StringComparison.Ordinal);
        Assert.All(hook.Requests, request => Assert.Equal("firing", Status(request.Body)));
        var first = hook.Requests.Last();
        Assert.Equal(first.Signature, await OpensslAsync(first.Signature!, "top secret", first.Body));

        // After the restart the first incident is known; its end and the second one are not.
        await rig.StopAsync();
        rig.Start();
        await Task.Delay(1_500);
        Assert.Equal(3, hook.Requests.Count);
        rig.Incidents.Set(IncidentList.Make("INC-2", "dc2"));
        await Eventually.IsTrueAsync(() => hook.Requests.Count == 5, Limit, () => $"{hook.Requests.Count}");
        Assert.Equal(["firing INC-2", "resolved INC-1"], hook.Requests.Skip(3).Select(request => $"{Status(request.Body)} {JsonDocument.Parse(request.Body).RootElement.GetProperty("alerts")[0].GetProperty("labels").GetProperty("incident")}").Order());
    }

    [Fact]
    public async Task Webhook_that_refuses_is_not_asked_again()
    {
        await using var hook = new HookListener().Answers(400);
        await using var rig = new AlertingRig(new ReceiverSettings { Name = "hook", Kind = ReceiverKind.Webhook, Urls = [hook.Url], Group = AtOnce });
        rig.Start();
        rig.Incidents.Set(IncidentList.Make("INC-1"));
        await Eventually.IsTrueAsync(() => Text(rig).Contains("result=\"refused\"} 1", StringComparison.Ordinal), Limit, () => Text(rig));
        await Task.Delay(1_500);
        Assert.Single(hook.Requests);
    }

    [Fact]
    public async Task Heartbeat_comes_while_the_analysis_runs_and_not_when_it_does_not()
    {
        await using var hook = new HookListener();
        await using var rig = new AlertingRig(new ReceiverSettings
        {
            Name = "hook", Kind = ReceiverKind.Webhook, Urls = [hook.Url], DeadMan = true, HeartbeatUrl = new Uri(hook.Url, "beat"), DeadManInterval = TimeSpan.FromMilliseconds(200),
        });
        rig.Start();
        await Eventually.IsTrueAsync(() => hook.Requests.Count(request => request is { Method: "GET", Path: "/beat" }) >= 2, Limit, () => $"{hook.Requests.Count}");
        rig.IsAlive = false;
        await Task.Delay(1_000);
        var before = hook.Requests.Count;
        await Task.Delay(1_000);
        Assert.Equal(before, hook.Requests.Count);
    }

    [Fact]
    public async Task Command_gets_the_alerts_on_its_standard_input_without_a_shell()
    {
        using var kept = new SecretText("");
        await using var rig = new AlertingRig(new ReceiverSettings { Name = "script", Kind = ReceiverKind.Command, Command = ["/usr/bin/tee", kept.Path, "$(touch x); `id`"], Group = AtOnce });
        using var folder = new WorkingFolder();
        rig.Start();
        rig.Incidents.Set(IncidentList.Make("INC-1"));
        await Eventually.IsTrueAsync(() => Text(rig).Contains("result=\"delivered\"} 1", StringComparison.Ordinal), Limit, () => Text(rig));
        Assert.Equal("firing", Status(await File.ReadAllTextAsync(kept.Path)));
        Assert.True(File.Exists(Path.Combine(folder.Path, "$(touch x); `id`")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "x")));
    }

    [Fact]
    public async Task Command_that_hangs_is_killed_with_its_children_and_delays_no_other_receiver()
    {
        await using var hook = new HookListener();
        await using var rig = new AlertingRig(
            new ReceiverSettings { Name = "stuck", Kind = ReceiverKind.Command, Command = ["/bin/sh", "-c", "sleep 4711 & wait"], Timeout = TimeSpan.FromSeconds(1), Group = AtOnce },
            new ReceiverSettings { Name = "hook", Kind = ReceiverKind.Webhook, Urls = [hook.Url], Group = AtOnce });
        rig.Start();
        rig.Incidents.Set(IncidentList.Make("INC-1"));
        await Eventually.IsTrueAsync(() => !hook.Requests.IsEmpty, Limit, () => Text(rig));
        await Eventually.IsTrueAsync(() => Text(rig).Contains("receiver=\"stuck\",result=\"failed\"} 1", StringComparison.Ordinal), Limit, () => Text(rig));
        await rig.StopAsync();
        await Eventually.IsTrueAsync(() => !Sleepers().Any(), Limit, () => string.Join(", ", Sleepers()));
    }

    private static IEnumerable<string> Sleepers() => Directory.GetDirectories("/proc").Where(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")) == "sleep\04711\0";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static string Text(AlertingRig rig)
    {
        var text = new PrometheusText();
        rig.Alerting.Write(text);
        return text.ToString();
    }

    private static string? Status(string body) => JsonDocument.Parse(body).RootElement.GetProperty("status").GetString();

    // What the documentation tells receivers to do.
    private static async Task<string> OpensslAsync(string signature, string secret, string body)
    {
        var openssl = Requires.Program("openssl", "openssl");
        var seconds = signature[2..signature.IndexOf(',', StringComparison.Ordinal)];
        using var process = Process.Start(new ProcessStartInfo(openssl, ["dgst", "-sha256", "-hmac", secret]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync($"{seconds}.{body}");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return $"t={seconds},v1={output.Trim().Split(' ')[^1]}";
    }

    private sealed class SecretText : IDisposable
    {
        public SecretText(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }

    private sealed class WorkingFolder : IDisposable
    {
        private readonly string before = Environment.CurrentDirectory;

        public WorkingFolder() => Environment.CurrentDirectory = Path;

        public string Path { get; } = Directory.CreateTempSubdirectory("pingmesh-test-").FullName;

        public void Dispose()
        {
            Environment.CurrentDirectory = before;
            Directory.Delete(Path, recursive: true);
        }
    }
}
