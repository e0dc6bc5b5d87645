using Microsoft.Extensions.Logging;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Core.Topologies;
using Pingmesh.Store.Sqlite;

namespace Pingmesh.Lab.Simulation;

/// <summary>Feeds uploads into a collector in this process, over a store that a server can open afterwards.</summary>
public sealed class CollectorSink : IUploadSink, IAsyncDisposable
{
    // As many as wait in a collector's queue at once.
    private const int AtOnce = 512;

    private const int Tries = 5;

    private readonly SqliteStore store;

    private CollectorSink(SqliteStore store, Collector collector)
    {
        this.store = store;
        Collector = collector;
    }

    /// <summary>The collector.</summary>
    public Collector Collector { get; }

    /// <summary>Opens a store.</summary>
    /// <param name="path">The store's file, as a server has it in its data folder.</param>
    /// <param name="topology">The topology.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Logs.</param>
    public static async Task<CollectorSink> OpenAsync(string path, Topology topology, TimeProvider time, ILoggerFactory loggers)
    {
        var services = new ServiceMap(topology, []);
        var store = SqliteStore.Open(path, time);
        try
        {
            return new CollectorSink(store, await Collector.StartAsync(store.Measurements, store.Journal, () => services, time, loggers, new CollectorOptions()));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel)
    {
        foreach (var chunk in uploads.Chunk(AtOnce))
        {
            cancel.ThrowIfCancellationRequested();
            var left = chunk;
            for (var i = 0; left.Length > 0; i++)
            {
                var results = await Task.WhenAll(left.Select(upload => Task.Run(() => Collector.Ingest.AcceptAsync(upload.Body), cancel)));
                var refused = Array.FindIndex(results, result => !IsTaken(result) && (i == Tries || !MayRetry(result)));
                if (refused >= 0) throw new LabException($"the collector did not take an upload in: {results[refused].Problem}");
                left = [.. left.Where((_, n) => !IsTaken(results[n]))];

                // Virtual minutes pass faster than a store writes: what is in memory goes to the store first.
                if (left.Length > 0) await Collector.FlushAsync(cancel);
            }
        }
    }

    private static bool IsTaken(IngestResult result) => result.Status is IngestStatus.Accepted or IngestStatus.Duplicate;

    private static bool MayRetry(IngestResult result) => result.Status is IngestStatus.Busy or IngestStatus.Unavailable;

    /// <inheritdoc/>
    public Task FinishAsync(CancellationToken cancel) => Collector.FlushAsync(cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Collector.StopAsync();
        await Collector.DisposeAsync();
        store.Dispose();
    }
}
