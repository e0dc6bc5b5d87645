using Pingmesh.Core.Yaml;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;

namespace Pingmesh.Lab.Simulation;

/// <summary>Reads scenario files: <c>faults</c>, each with its kind, place, options, and <c>start</c> and <c>end</c> after the simulation's start.</summary>
public static class ScenarioYaml
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_660);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>Reads a scenario. Never throws for what is in the text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The name that messages call the file by.</param>
    /// <param name="fabric">The fabric that the faults are in.</param>
    public static (IReadOnlyList<TimedFault>? Value, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file, Fabric fabric)
    {
        var yaml = StrictYaml.Parse(text, file);
        var faults = new List<TimedFault>();
        foreach (var item in yaml.Root.Require("faults")?.List() ?? [])
        {
            if (item.Mapping() is { } mapping && ReadFault(item, mapping, fabric) is { } fault) faults.Add(fault);
        }

        var errors = yaml.Finish();
        return (errors.Count == 0 ? faults : null, errors);
    }

    private static TimedFault? ReadFault(YamlValue item, YamlMapping entry, Fabric fabric)
    {
        var name = entry.Require("kind")?.OneOf([.. FaultCatalog.All.Select(info => info.Name)]);
        var at = entry.Require("at")?.Text();
        var start = entry.Find("start")?.Duration(TimeSpan.Zero, Longest) ?? TimeSpan.Zero;
        var end = entry.Find("end")?.Duration(TimeSpan.Zero, Longest);
        var options = new FaultOptions
        {
            Percent = entry.Find("percent")?.Number(0.000_1, 100),
            Dscp = entry.Find("dscp")?.WholeNumber(0, 63),
            From = entry.Find("from")?.Text(),
            To = entry.Find("to")?.Text(),
            SourcePorts = entry.Find("source_ports") is { } ports ? ReadPorts(ports) : null,
            Prefix = entry.Find("prefix")?.Text(),
            Delay = entry.Find("delay")?.Duration(TimeSpan.Zero, LongestDelay),
            Jitter = entry.Find("jitter")?.Duration(TimeSpan.Zero, LongestDelay),
            Rate = entry.Find("rate")?.WholeNumber(8_000L, 100_000_000_000L),
            Above = entry.Find("above")?.WholeNumber(68, 65_535),
            Via = entry.Find("via")?.Text(),
        };
        if (name is null || at is null) return null;
        if (end <= start)
        {
            item.Report("the fault ends before it starts; let 'end' be after 'start'");
            return null;
        }

        try
        {
            var kind = FaultCatalog.Find(name).Kind;
            FaultCatalog.Check(fabric, kind, at, options);
            return new TimedFault(kind, at, options, start, end);
        }
        catch (LabException error)
        {
            item.Report($"{error.Message}; correct the fault that begins here");
            return null;
        }
    }

    private static PortPattern? ReadPorts(YamlValue value)
    {
        if (value.Text() is not { } text) return null;
        var ports = PortPattern.Parse(text);
        if (ports is null) value.Report($"'{text}' is no set of ports; write 41000-41999, or 'mod 8 = 4' with a power of two");
        return ports;
    }
}
