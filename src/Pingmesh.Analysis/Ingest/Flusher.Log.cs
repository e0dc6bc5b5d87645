using Microsoft.Extensions.Logging;

namespace Pingmesh.Analysis.Ingest;

/// <content>Log messages.</content>
internal sealed partial class Flusher
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Flushed {Cells} cells and {Evidence} evidence records in {Milliseconds:F0} ms")]
    private partial void LogFlushed(int cells, int evidence, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "A flush failed and will be tried again; the journal keeps its batches: {Problem}")]
    private partial void LogFailed(string problem, Exception? exception);
}
