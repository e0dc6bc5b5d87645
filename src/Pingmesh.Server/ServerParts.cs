using Microsoft.Extensions.Logging;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Regressions;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Services;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Receivers;
using Pingmesh.Server.Alerts.Thresholds;
using Pingmesh.Server.Api;
using Pingmesh.Server.Observe;
using Pingmesh.Server.OnDemand;
using Pingmesh.Store;
using Pingmesh.Store.ClickHouse;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Server;

/// <summary>What a server is made of, without HTTP: topology, pinglists, store, collector. Opened and closed in order.</summary>
internal sealed class ServerParts : IAsyncDisposable
{
    // What the metrics tell of: long enough for a P99, short enough to see a change.
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SlaSpan = TimeSpan.FromMinutes(5);

    // What was tested is of use for a while; who had it tested, for longer.
    private static readonly Dictionary<string, TimeSpan> KeptDocuments = new()
    {
        [OrderBoard.OrderKind] = TimeSpan.FromDays(1), [OrderBoard.ReportKind] = TimeSpan.FromDays(30), [OperatorTest.Kind] = TimeSpan.FromDays(30), [AuditLog.Kind] = TimeSpan.FromDays(400),
        [IncidentBook.DocumentKind] = TimeSpan.FromDays(400), [IncidentBook.EvidenceKind] = TimeSpan.FromDays(60),
    };

    private readonly SqliteStore store;
    private readonly ClickHouseStore? cluster;
    private readonly FollowedFile<ApiKeys>? keys;
    private readonly DocumentUpkeep upkeep;
    private readonly DetectionRun detection;
    private readonly FollowedFile<IReadOnlyList<ServiceRule>>? serviceRules;

    private ServerParts(
        TopologySources topology, RegisteredAgents? registered, SqliteStore store, ClickHouseStore? cluster, FollowedFile<IReadOnlyList<ServiceRule>>? serviceRules, ServicesInForce services,
        IDocumentStore documents, OrderBoard orders, Collector collector, IncidentBook incidents, CollectorOptions options, AccessSettings? access, FollowedFile<ApiKeys>? keys, PausedScopes paused, ILoggerFactory loggers, MeshInForce mesh, Forwarding? forwarding, ServerSettings settings,
        TimeProvider time)
    {
        this.store = store;
        this.cluster = cluster;
        this.serviceRules = serviceRules;
        Services = services;
        Forwarding = forwarding;
        Topology = topology;
        Registered = registered;
        Collector = collector;
        Options = options;
        Agents = new AgentRegistry(() => topology.Current, time);
        AccessSettings = access;
        Access = new AccessControl(access, loggers.CreateLogger<AccessControl>());
        Limits = new RequestLimits(access is not null);
        Paused = paused;
        Documents = documents;
        Audit = new AuditLog(Documents, time);
        Orders = orders;
        Tests = new OperatorTests(Orders, Documents, Audit, () => services.Current, host => mesh.Current.IsPaused(host), time);
        upkeep = new DocumentUpkeep(Documents, KeptDocuments, time, loggers.CreateLogger<DocumentUpkeep>());
        Incidents = incidents;
        var latency = collector.WatchLatency(incidents);
        Detector = new Detector(() => services.Current, Orders, incidents, time, loggers.CreateLogger<Detector>()) { LatencyWatch = latency };
        detection = new DetectionRun(collector, Detector, incidents, loggers.CreateLogger<Detector>());
        LatencyWatch = new PeriodicLook<LatencyLook>("the usual latency", SlaSpan, (_, cancel) => latency.LookAsync(cancel), time, loggers.CreateLogger<LatencyWatch>());
        Coverage = new CoverageEndpoint(collector.Samples, mesh, Agents, time);
        CoverageWatch = new PeriodicLook<CoverageResponse>("coverage", LookBack, Coverage.ReadAsync, time, loggers.CreateLogger<CoverageEndpoint>());
        SlaWatch = new PeriodicLook<SlaMetrics>(
            "the SLA for the metrics", SlaSpan, (range, cancel) => SlaMetrics.ReadAsync(collector.Slas, services.Current, settings.MetricsScopes, range, cancel), time, loggers.CreateLogger<SlaMetrics>());
        this.keys = keys;
        Mesh = mesh;
        Pinglists = new PinglistService(() => mesh.Current, time);
        var sight = new WatchdogLook(mesh, Pinglists, Agents, collector, settings.Collectors, () => SlaWatch.IsLate, time);
        Watchdogs = new Watchdogs(sight.Look, time);
        Alerting = Alerting.Start(
            settings.Alerts, new AlertInputs(Incidents, () => Watchdogs.States, () => topology.Current, IsAnalysing), Path.Combine(settings.DataFolder, "alerts.json"), time, loggers.CreateLogger<Alerting>());
        ThresholdWatch = new PeriodicLook<IReadOnlyList<ThresholdReading>>("thresholds", SlaSpan, LookAtThresholdsAsync, time, loggers.CreateLogger<ThresholdReading>());
    }

    public TopologySources Topology { get; }

    /// <summary>Takes in agents that tell of themselves; null where that is off.</summary>
    public RegisteredAgents? Registered { get; }

    public MeshInForce Mesh { get; }

    public PinglistService Pinglists { get; }

    public AgentRegistry Agents { get; }

    public Collector Collector { get; }

    public CollectorOptions Options { get; }

    public AccessControl Access { get; }

    public AccessSettings? AccessSettings { get; }

    public RequestLimits Limits { get; }

    public PausedScopes Paused { get; }

    /// <summary>Incidents, tests, the audit log.</summary>
    public IDocumentStore Documents { get; }

    public AuditLog Audit { get; }

    /// <summary>Has agents test on demand; what the search for a culprit asks.</summary>
    public OrderBoard Orders { get; }

    public IncidentBook Incidents { get; }

    public Detector Detector { get; }

    /// <summary>The tests of operators.</summary>
    public OperatorTests Tests { get; }

    public CoverageEndpoint Coverage { get; }

    public PeriodicLook<CoverageResponse> CoverageWatch { get; }

    public PeriodicLook<SlaMetrics> SlaWatch { get; }

    public Watchdogs Watchdogs { get; }

    public Alerting Alerting { get; }

    /// <summary>Compares the P99 of scopes with what is usual.</summary>
    public PeriodicLook<LatencyLook> LatencyWatch { get; }

    /// <summary>Compares SLAs with their thresholds.</summary>
    public PeriodicLook<IReadOnlyList<ThresholdReading>> ThresholdWatch { get; }

    public ServicesInForce Services { get; }

    public Forwarding? Forwarding { get; }

    /// <summary>Opens everything; what was opened before a failure is closed again.</summary>
    public static async Task<ServerParts> OpenAsync(
        ServerSettings settings, Func<MeshSettings> mesh, AccessTokens? tokens, ILoggerFactory loggers, TimeProvider time)
    {
        Deliveries.Check(settings.Alerts.Receivers);
        var (topology, registered) = TopologyOpening.Open(settings, loggers, time);
        SqliteStore? store = null;
        ClickHouseStore? cluster = null;
        FollowedFile<IReadOnlyList<ServiceRule>>? rules = null;
        FollowedFile<ApiKeys>? keys = null;
        PausedScopes? paused = null;
        OrderBoard? orders = null;
        try
        {
            paused = new PausedScopes(Path.Combine(settings.DataFolder, "paused.json"), time, loggers.CreateLogger<PausedScopes>());
            if (tokens is not null && settings.ApiKeysFile is { } path) keys = new FollowedFile<ApiKeys>(path, ApiKeys.Read, time, loggers.CreateLogger<ApiKeys>());
            var access = tokens is null
                ? null
                : new AccessSettings(tokens, new AgentCredentials(tokens.Secret, Path.Combine(settings.DataFolder, "revoked.json"), time), () => keys?.Current, settings.Proxy);
            var inForce = new MeshInForce(() => new MeshInputs(topology.Current, mesh(), paused.Scopes), loggers.CreateLogger<MeshInForce>());
            store = SqliteStore.Open(Path.Combine(settings.DataFolder, "pingmesh.db"), time);
            if (settings.ServicesFile is { } services) rules = new FollowedFile<IReadOnlyList<ServiceRule>>(services, ServicesYaml.Read, time, loggers.CreateLogger<ServiceRule>());
            var servicesInForce = new ServicesInForce(() => topology.Current, () => rules?.Current ?? []);
            if (settings.Store.ClickHouse is { } clickHouse) cluster = await ClickHouseStore.OpenAsync(clickHouse, store.Journal.Id, time).ConfigureAwait(false);
            var documents = cluster?.Documents ?? store.Documents;
            orders = new OrderBoard(documents, isShared: cluster is not null, time, loggers.CreateLogger<OrderBoard>());
            var options = new CollectorOptions { Retention = settings.Store.Retention };
            var collector = await Collector.StartAsync(cluster ?? store.Measurements, store.Journal, () => servicesInForce.Current, time, loggers, options).ConfigureAwait(false);
            var incidents = await IncidentBook.OpenAsync(documents, time).ConfigureAwait(false);
            return new ServerParts(
                topology, registered, store, cluster, rules, servicesInForce, documents, orders, collector, incidents, options, access, keys, paused, loggers, inForce, settings.Collectors is { } others ? new Forwarding(others) : null,
                settings, time);
        }
        catch
        {
            if (orders is not null) await orders.DisposeAsync().ConfigureAwait(false);
            cluster?.Dispose();
            store?.Dispose();
            rules?.Dispose();
            topology.Dispose();
            keys?.Dispose();
            paused?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LatencyWatch.DisposeAsync().ConfigureAwait(false);
        await ThresholdWatch.DisposeAsync().ConfigureAwait(false);
        await Alerting.DisposeAsync().ConfigureAwait(false);
        await Watchdogs.DisposeAsync().ConfigureAwait(false);
        await CoverageWatch.DisposeAsync().ConfigureAwait(false);
        await SlaWatch.DisposeAsync().ConfigureAwait(false);
        await upkeep.DisposeAsync().ConfigureAwait(false);
        await detection.DisposeAsync().ConfigureAwait(false);
        await Orders.DisposeAsync().ConfigureAwait(false);
        Tests.Dispose();
        await Collector.StopAsync().ConfigureAwait(false);
        await Collector.DisposeAsync().ConfigureAwait(false);
        await Limits.DisposeAsync().ConfigureAwait(false);
        Topology.Dispose();
        Paused.Dispose();
        keys?.Dispose();
        serviceRules?.Dispose();
        Forwarding?.Dispose();
        cluster?.Dispose();
        store.Dispose();
    }

    // What the signal of life says: uploads are taken in, faults looked for, and what was measured judged in time.
    private bool IsAnalysing() => Collector.Ingest.IsRunning && !Detector.IsLate && !SlaWatch.IsLate && ThresholdWatch is not { IsLate: true };

    private async Task<IReadOnlyList<ThresholdReading>> LookAtThresholdsAsync(TimeRange range, CancellationToken cancel)
    {
        var readings = await ThresholdLook.ReadAsync(Collector.Slas, Services.Current, range, cancel).ConfigureAwait(false);
        Alerting.Look(readings);
        return readings;
    }
}
