using Microsoft.Extensions.Logging;

namespace Pingmesh.Analysis.Ingest;

/// <content>Log messages.</content>
public sealed partial class IngestPipeline
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Batches} uploads were refused, the store did not take them: {Problem}")]
    private partial void LogNotAppended(string problem, int batches, Exception? exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Ingest ended by an error; restart to take in uploads again")]
    private partial void LogLoopEnded(Exception exception);
}
