using Microsoft.Extensions.Logging;

namespace Pingmesh.Analysis.Ingest;

/// <content>Log messages.</content>
internal sealed partial class BatchIntake
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {Position} of host {Host} was not counted in full: {Problem}")]
    private partial void LogNotApplied(long position, string host, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {Position} of the journal was left out, it cannot be read: {Problem}")]
    private partial void LogUnreadable(long position, string problem);
}
