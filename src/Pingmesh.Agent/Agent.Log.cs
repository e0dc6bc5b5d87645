using Microsoft.Extensions.Logging;

namespace Pingmesh.Agent;

public sealed partial class Agent
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Agent for host {Host}, server {Server}; {Spooled} batches wait in the spool")]
    private partial void LogStarting(string host, Uri server, int spooled);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent for host {Host} stops")]
    private partial void LogStopping(string host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Probing is suspended: {Reason}")]
    private partial void LogSuspended(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Probing goes on: the process is within its budget again")]
    private partial void LogResumed();

    [LoggerMessage(Level = LogLevel.Error, Message = "The plan stays as it was: {Problem}")]
    private partial void LogNotPlanned(string problem);
}
