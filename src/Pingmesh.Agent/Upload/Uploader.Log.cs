using Microsoft.Extensions.Logging;

namespace Pingmesh.Agent.Upload;

public sealed partial class Uploader
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload failed, measurements are kept and sent later: {Problem}")]
    private partial void LogFailed(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The server takes measurements again; {Spooled} batches are spooled")]
    private partial void LogRecovered(int spooled);

    [LoggerMessage(Level = LogLevel.Error, Message = "The server refused a batch for good: {Problem}")]
    private partial void LogRefused(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Probes} probes lost, their batch could not be spooled: {Problem}")]
    private partial void LogNotSpooled(string problem, long probes);
}
