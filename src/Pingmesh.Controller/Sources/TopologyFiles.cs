using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>Reads the hosts, switches and links of topology files of either form.</summary>
public static class TopologyFiles
{
    /// <summary>Reads a topology file: CSV when its name ends in <c>.csv</c>, else YAML.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name that messages call the file by.</param>
    public static (FleetEntries? Value, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file)
    {
        if (file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return FleetEntries.Of(TopologyCsv.Read(text, file));
        var reading = TopologyYaml.Read(text, file);
        return (reading.Topology is { } topology ? new FleetEntries([.. topology.Hosts.Select(HostEntry.Of)], topology.Wiring) : null, reading.Errors);
    }
}
