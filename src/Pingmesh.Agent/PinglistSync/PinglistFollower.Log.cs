using Microsoft.Extensions.Logging;

namespace Pingmesh.Agent.PinglistSync;

public sealed partial class PinglistFollower
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Pinglist taken up: {Peers} peers, {Omitted} left out{Paused}")]
    private partial void LogAdopted(int peers, int omitted, string paused);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Contact with the controller failed ({Failures} in a row): {Problem}")]
    private partial void LogFailed(int failures, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "All peers dropped, probing stops, probes are still answered: {Reason}")]
    private partial void LogDropped(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "There is nothing to probe: {Reason}")]
    private partial void LogNothingToProbe(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The controller answers again")]
    private partial void LogRecovered();
}
