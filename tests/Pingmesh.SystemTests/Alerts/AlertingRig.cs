using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.UnitTests.Analysis;
using Pingmesh.UnitTests.Store;

namespace Pingmesh.SystemTests.Alerts;

/// <summary>Alerting over incidents that the test sets, with a folder that outlives a restart.</summary>
internal sealed class AlertingRig(params ReceiverSettings[] receivers) : IAsyncDisposable
{
    private Alerting? alerting;

    public TemporaryFolder Folder { get; } = new();

    public IncidentList Incidents { get; } = new();

    public bool IsAlive { get; set; } = true;

    public Alerting Alerting => alerting!;

    public void Start() => alerting = Alerting.Start(
        new AlertSettings { Receivers = receivers, PageUrl = new Uri("https://pingmesh.example.com/") },
        new AlertInputs(Incidents, () => [], () => TestMesh.Topology, () => IsAlive),
        Folder.File("alerts.json"), TimeProvider.System, NullLogger.Instance);

    public async Task StopAsync()
    {
        if (alerting is not null) await alerting.DisposeAsync();
        alerting = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
    }
}
