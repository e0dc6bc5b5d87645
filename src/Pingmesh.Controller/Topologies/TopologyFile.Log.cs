using Microsoft.Extensions.Logging;

namespace Pingmesh.Controller.Topologies;

public sealed partial class TopologyFile
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "topology {Path}: {Dcs} dcs, {Pods} pods, {Hosts} hosts, version {Version}")]
    private static partial void LogOpened(ILogger logger, string path, int dcs, int pods, int hosts, string version);

    [LoggerMessage(
        EventId = 2, Level = LogLevel.Information,
        Message = "topology {Path} changed to version {Version} with {Hosts} hosts: {Added} added{AddedNames}, {Removed} removed{RemovedNames}, {Moved} moved{MovedNames}, {Changed} with other addresses or labels{ChangedNames}")]
    private static partial void LogChanged(
        ILogger logger, string path, string version, int hosts, int added, string addedNames, int removed, string removedNames, int moved,
        string movedNames, int changed, string changedNames);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "topology {Path} cannot be used, the one before stays in force:\n{Errors}")]
    private static partial void LogRefused(ILogger logger, string path, string errors);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "a subscriber to topology changes failed")]
    private static partial void LogSubscriberFailed(ILogger logger, Exception error);
}
