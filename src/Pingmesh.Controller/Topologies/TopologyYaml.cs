using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>Reads topology files: <c>dcs</c>, <c>podsets</c>, <c>pods</c>, <c>hosts</c>, each entry with a name pattern that may make many; <c>switches</c> and <c>links</c>.</summary>
public static class TopologyYaml
{
    /// <summary>Most hosts in one file.</summary>
    public const int MaxHosts = 1_000_000;

    /// <summary>Reads a topology. Never throws for what is in the text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The name that messages call the file by.</param>
    public static TopologyReading Read(string text, string file)
    {
        var yaml = StrictYaml.Parse(text, file);
        var dcs = new TopologySpecReader(yaml).Read();
        var wiring = new WiringReader(yaml);
        wiring.Read();
        var errors = yaml.Finish();
        if (errors.Count > 0) return new TopologyReading(null, errors);

        var hosts = dcs.Sum(dc => dc.HostCount);
        if (hosts > MaxHosts)
        {
            var largest = dcs.MaxBy(dc => dc.HostCount)!;
            yaml.Report(largest.Place, $"the ranges make {hosts:N0} hosts; shorten them to {MaxHosts:N0} in all");
            return new TopologyReading(null, yaml.Finish());
        }

        var topology = new TopologyExpansion(yaml).Expand(dcs, wiring);
        errors = yaml.Finish();
        return new TopologyReading(errors.Count == 0 ? topology : null, errors);
    }
}

/// <summary>What came of reading a topology.</summary>
/// <param name="Topology">The topology; null when there are errors.</param>
/// <param name="Errors">What is wrong, in the order of the text; empty when there is a topology.</param>
public sealed record TopologyReading(Topology? Topology, IReadOnlyList<ConfigurationError> Errors);
