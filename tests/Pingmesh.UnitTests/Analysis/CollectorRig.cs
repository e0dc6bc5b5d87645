using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Pingmesh.Store;
using Pingmesh.Store.Journal;
using Pingmesh.Store.Sqlite;
using Pingmesh.UnitTests.Store;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>A collector on a store of its own and a clock that the test moves.</summary>
internal sealed class CollectorRig : IAsyncDisposable
{
    /// <summary>When the clock starts: the begin of a window of 10 minutes.</summary>
    public const long Start = 1_800_000_000;

    private readonly TemporaryFolder folder = new();
    private readonly CollectorOptions options;
    private SqliteStore store;
    private ServiceMap? services;
    private IReadOnlyList<ServiceRule>? madeBy;

    private CollectorRig(CollectorOptions options, Topology topology)
    {
        this.options = options;
        Topology = topology;
        store = SqliteStore.Open(folder.File("rig.db"), Time);
    }

    public VirtualTime Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(Start));

    public Topology Topology { get; set; }

    public IReadOnlyList<ServiceRule> ServiceRules { get; set; } = [];

    public Collector Collector { get; private set; } = null!;

    public IMeasurementStore Store => store.Measurements;

    public static async Task<CollectorRig> StartAsync(
        CollectorOptions? options = null, Topology? topology = null,
        Func<IMeasurementStore, IMeasurementStore>? storeWrapper = null, Func<IBatchJournal, IBatchJournal>? journalWrapper = null)
    {
        var rig = new CollectorRig(options ?? new CollectorOptions(), topology ?? TestMesh.Topology);
        await rig.StartCollectorAsync(storeWrapper, journalWrapper);
        return rig;
    }

    /// <summary>Ends collector and store, cleanly or at once, and starts them again on the same file, some time later.</summary>
    public async Task RestartAsync(bool cleanly, TimeSpan later = default)
    {
        if (cleanly) Assert.True(await Collector.StopAsync());
        await Collector.DisposeAsync();
        store.Dispose();
        Time.Advance(later);
        store = SqliteStore.Open(folder.File("rig.db"), Time);
        await StartCollectorAsync(null, null);
    }

    public Task<IngestResult> SendAsync(MeasurementBatch batch) => Collector.Ingest.AcceptAsync(batch.ToByteArray());

    /// <summary>Sends batches that must be accepted.</summary>
    public async Task AcceptAsync(params IEnumerable<MeasurementBatch> batches)
    {
        var results = await Task.WhenAll(batches.Select(SendAsync));
        Assert.All(results, result => Assert.Equal((IngestStatus.Accepted, null), (result.Status, result.Problem)));
    }

    public async Task<SlaFigures> SlaAsync(SlaLevel level, string scope, TimeRange? range, SlaSide side = SlaSide.Source) =>
        (await Collector.Slas.ReadAsync(new SlaQuery(level, range, side))).Scopes.Single(one => one.Scope == scope);

    private ServiceMap Services => services is { } made && ReferenceEquals(made.Topology, Topology) && ReferenceEquals(madeBy, ServiceRules)
        ? made
        : services = new ServiceMap(Topology, madeBy = ServiceRules);

    public async ValueTask DisposeAsync()
    {
        await Collector.DisposeAsync();
        store.Dispose();
        folder.Dispose();
    }

    private async Task StartCollectorAsync(
        Func<IMeasurementStore, IMeasurementStore>? storeWrapper, Func<IBatchJournal, IBatchJournal>? journalWrapper) =>
        Collector = await Collector.StartAsync(
            storeWrapper?.Invoke(store.Measurements) ?? store.Measurements,
            journalWrapper?.Invoke(store.Journal) ?? store.Journal,
            () => Services,
            Time,
            NullLoggerFactory.Instance,
            options);
}
