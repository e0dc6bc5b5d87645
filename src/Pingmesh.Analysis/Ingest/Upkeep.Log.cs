using Microsoft.Extensions.Logging;

namespace Pingmesh.Analysis.Ingest;

/// <content>Log messages.</content>
internal sealed partial class Upkeep
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Upkeep of the store failed and will be tried again: {Problem}")]
    private partial void LogFailed(string problem, Exception? exception);
}
