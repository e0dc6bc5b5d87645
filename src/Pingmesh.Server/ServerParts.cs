using Microsoft.Extensions.Logging;
using Pingmesh.Analysis;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Sources;
using Pingmesh.Server.Access;
using Pingmesh.Server.Api;
using Pingmesh.Server.Observe;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Server;

/// <summary>What a server is made of, without HTTP: topology, pinglists, store, collector. Opened and closed in order.</summary>
internal sealed class ServerParts : IAsyncDisposable
{
    private readonly SqliteStore store;
    private readonly FollowedFile<ApiKeys>? keys;

    private ServerParts(
        TopologySources topology, RegisteredAgents? registered, SqliteStore store, Collector collector, CollectorOptions options, AccessSettings? access, FollowedFile<ApiKeys>? keys, PausedScopes paused, ILoggerFactory loggers,
        MeshInForce mesh, TimeProvider time)
    {
        this.store = store;
        Topology = topology;
        Registered = registered;
        Collector = collector;
        Options = options;
        Agents = new AgentRegistry(() => topology.Current, time);
        AccessSettings = access;
        Access = new AccessControl(access, loggers.CreateLogger<AccessControl>());
        Limits = new RequestLimits(access is not null);
        Paused = paused;
        Coverage = new CoverageEndpoint(collector.Samples, mesh, Agents, time);
        CoverageWatch = new CoverageWatch(Coverage, time, loggers.CreateLogger<CoverageWatch>());
        this.keys = keys;
        Mesh = mesh;
        Pinglists = new PinglistService(() => mesh.Current, time);
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

    public CoverageEndpoint Coverage { get; }

    public CoverageWatch CoverageWatch { get; }

    /// <summary>Opens everything; what was opened before a failure is closed again.</summary>
    public static async Task<ServerParts> OpenAsync(
        ServerSettings settings, Func<MeshSettings> mesh, AccessTokens? tokens, ILoggerFactory loggers, TimeProvider time)
    {
        var (topology, registered) = TopologyOpening.Open(settings, loggers, time);
        SqliteStore? store = null;
        FollowedFile<ApiKeys>? keys = null;
        PausedScopes? paused = null;
        try
        {
            paused = new PausedScopes(Path.Combine(settings.DataFolder, "paused.json"), time, loggers.CreateLogger<PausedScopes>());
            if (tokens is not null && settings.ApiKeysFile is { } path) keys = new FollowedFile<ApiKeys>(path, ApiKeys.Read, time, loggers.CreateLogger<ApiKeys>());
            var access = tokens is null
                ? null
                : new AccessSettings(tokens, new AgentCredentials(tokens.Secret, Path.Combine(settings.DataFolder, "revoked.json"), time), () => keys?.Current, settings.Proxy);
            var inForce = new MeshInForce(() => new MeshInputs(topology.Current, mesh(), paused.Scopes), loggers.CreateLogger<MeshInForce>());
            store = SqliteStore.Open(Path.Combine(settings.DataFolder, "pingmesh.db"), time);
            var options = new CollectorOptions();
            var collector = await Collector.StartAsync(store.Measurements, store.Journal, () => topology.Current, time, loggers, options)
                .ConfigureAwait(false);
            return new ServerParts(topology, registered, store, collector, options, access, keys, paused, loggers, inForce, time);
        }
        catch
        {
            store?.Dispose();
            topology.Dispose();
            keys?.Dispose();
            paused?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CoverageWatch.DisposeAsync().ConfigureAwait(false);
        await Collector.StopAsync().ConfigureAwait(false);
        await Collector.DisposeAsync().ConfigureAwait(false);
        await Limits.DisposeAsync().ConfigureAwait(false);
        Topology.Dispose();
        Paused.Dispose();
        keys?.Dispose();
        store.Dispose();
    }
}
