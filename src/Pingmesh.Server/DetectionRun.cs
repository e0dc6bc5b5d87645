using Microsoft.Extensions.Logging;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Store;

namespace Pingmesh.Server;

/// <summary>Has a detector look at all that a collector takes in, until disposed of.</summary>
internal sealed partial class DetectionRun : IAsyncDisposable
{
    private readonly Collector collector;
    private readonly IncidentBook book;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public DetectionRun(Collector collector, Detector detector, IncidentBook book, ILogger<Detector> logger)
    {
        this.collector = collector;
        this.book = book;
        this.logger = logger;
        collector.Detector = detector;
        running = Task.Run(() => detector.RunAsync(stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        collector.Detector = null;
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await book.SaveAsync().ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            LogNotSaved(error.Message);
        }

        book.Dispose();
        stop.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "the last changes of incidents could not be written: {Problem}")]
    private partial void LogNotSaved(string problem);
}
