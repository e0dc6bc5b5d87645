using System.Diagnostics;
using System.Text.Json;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.SystemTests.EndToEnd;
using Pingmesh.UnitTests.Store;

namespace Pingmesh.SystemTests.Alerts;

public class AlertmanagerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Real_alertmanagers_show_an_incident_with_its_labels_and_end_it()
    {
        await using var one = await AlertmanagerProcess.StartAsync();
        await using var other = await AlertmanagerProcess.StartAsync();
        await using var rig = new AlertingRig(new ReceiverSettings { Name = "am", Kind = ReceiverKind.Alertmanager, Urls = [one.Url, other.Url, new Uri("http://127.0.0.1:1/")], DeadMan = true });
        rig.Start();
        rig.Incidents.Set(IncidentList.Make("INC-1"));
        foreach (var manager in new[] { one, other })
        {
            await Eventually.IsTrueAsync(async () => (await manager.AlertsAsync()).Count == 2, Limit, () => "the alert and the signal of life");
            var alert = (await manager.AlertsAsync()).Single(one => Label(one, "alertname") == "PingmeshSilentDrops");
            Assert.Equal(("critical", "dc1", "dc1", "INC-1", "silent-drops"), (Label(alert, "severity"), Label(alert, "dc"), Label(alert, "scope"), Label(alert, "incident"), Label(alert, "kind")));
            Assert.Equal(rig.Incidents.Current[0].Summary, alert.GetProperty("annotations").GetProperty("summary").GetString());
            Assert.Equal("https://pingmesh.example.com/#/incidents/INC-1", alert.GetProperty("generatorURL").GetString());
        }

        // Alertmanager lists only what holds.
        rig.Incidents.Set();
        foreach (var manager in new[] { one, other })
        {
            await Eventually.IsTrueAsync(
                async () => (await manager.AlertsAsync()).Select(alert => Label(alert, "alertname")).SequenceEqual(["PingmeshAlive"]), Limit, () => "only the signal of life is left");
        }
    }

    private static string? Label(JsonElement alert, string name) => alert.GetProperty("labels").TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Debian's Alertmanager on a free loopback port.</summary>
    private sealed class AlertmanagerProcess : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly HttpClient http;
        private readonly Process process;

        private AlertmanagerProcess(string program)
        {
            Url = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}/");
            http = new HttpClient { BaseAddress = Url };
            File.WriteAllText(folder.File("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
            process = Process.Start(new ProcessStartInfo(
                program,
                [$"--config.file={folder.File("alertmanager.yml")}", $"--storage.path={folder.File("data")}", $"--web.listen-address={Url.Authority}", "--cluster.listen-address="])
            { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
        }

        public Uri Url { get; }

        public static async Task<AlertmanagerProcess> StartAsync()
        {
            var manager = new AlertmanagerProcess(Requires.Program("prometheus-alertmanager", "prometheus-alertmanager"));
            await Eventually.IsTrueAsync(async () => (await manager.http.GetAsync("/-/ready")).IsSuccessStatusCode, Limit, () => "Alertmanager is not ready");
            return manager;
        }

        public async Task<List<JsonElement>> AlertsAsync()
        {
            using var json = JsonDocument.Parse(await http.GetStringAsync("/api/v2/alerts"));
            return [.. json.RootElement.EnumerateArray().Select(alert => alert.Clone())];
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            http.Dispose();
            folder.Dispose();
        }
    }
}
