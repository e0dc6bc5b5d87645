using Microsoft.Extensions.Logging;

namespace Pingmesh.Agent;

public sealed partial class Agent
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Agent for host {Host}, server {Server}; {Spooled} batches wait in the spool")]
    private partial void LogStarting(string host, Uri server, int spooled);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent for host {Host} stops")]
    private partial void LogStopping(string host);
}
