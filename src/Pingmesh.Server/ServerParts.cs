using Microsoft.Extensions.Logging;
using Pingmesh.Analysis;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Controller.Topologies;
using Pingmesh.Server.Access;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Server;

/// <summary>What a server is made of, without HTTP: topology, pinglists, store, collector. Opened and closed in order.</summary>
internal sealed class ServerParts : IAsyncDisposable
{
    private readonly SqliteStore store;

    private ServerParts(
        TopologyFile topology, SqliteStore store, Collector collector, CollectorOptions options, AccessTokens? tokens,
        Func<MeshSettings> mesh, TimeProvider time)
    {
        this.store = store;
        Topology = topology;
        Collector = collector;
        Options = options;
        Access = new AccessControl(tokens);
        Agents = new AgentRegistry(() => topology.Current, time);
        Pinglists = new PinglistService(() => new MeshSnapshot(topology.Current, mesh()));
    }

    public TopologyFile Topology { get; }

    public PinglistService Pinglists { get; }

    public AgentRegistry Agents { get; }

    public Collector Collector { get; }

    public CollectorOptions Options { get; }

    public AccessControl Access { get; }

    /// <summary>Opens everything; what was opened before a failure is closed again.</summary>
    public static async Task<ServerParts> OpenAsync(
        ServerSettings settings, Func<MeshSettings> mesh, AccessTokens? tokens, ILoggerFactory loggers, TimeProvider time)
    {
        var topology = TopologyFile.Open(settings.TopologyFile, time, loggers.CreateLogger<TopologyFile>());
        SqliteStore? store = null;
        try
        {
            store = SqliteStore.Open(Path.Combine(settings.DataFolder, "pingmesh.db"), time);
            var options = new CollectorOptions();
            var collector = await Collector.StartAsync(store.Measurements, store.Journal, () => topology.Current, time, loggers, options)
                .ConfigureAwait(false);
            return new ServerParts(topology, store, collector, options, tokens, mesh, time);
        }
        catch
        {
            store?.Dispose();
            topology.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Collector.StopAsync().ConfigureAwait(false);
        await Collector.DisposeAsync().ConfigureAwait(false);
        Topology.Dispose();
        store.Dispose();
    }
}
