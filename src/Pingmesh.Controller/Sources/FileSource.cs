using Microsoft.Extensions.Logging;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>The hosts, switches and links that a file lists, followed while it changes.</summary>
public sealed class FileSource : ITopologySource
{
    private readonly FollowedFile<FleetEntries> file;

    /// <summary>Reads the file and begins to follow it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads its text.</param>
    /// <param name="time">Clock of the polls.</param>
    /// <param name="logger">Told of invalid contents.</param>
    /// <exception cref="ConfigurationException">The file is missing, unreadable or invalid.</exception>
    public FileSource(string path, Func<string, string, (FleetEntries? Value, IReadOnlyList<ConfigurationError> Errors)> read, TimeProvider time, ILogger logger)
    {
        Name = path;
        file = new FollowedFile<FleetEntries>(path, read, time, logger);
    }

    /// <inheritdoc/>
    public event Action? Changed
    {
        add => file.Changed += value;
        remove => file.Changed -= value;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<HostEntry> Hosts => file.Current.Hosts;

    /// <inheritdoc/>
    public Wiring Wiring => file.Current.Wiring;

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
