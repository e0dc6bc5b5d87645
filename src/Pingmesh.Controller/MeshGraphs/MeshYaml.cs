using System.Net.Sockets;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Reads mesh files: the caps, and <c>graphs</c>, each with its shape and how it is probed.</summary>
public static class MeshYaml
{
    private static readonly Dictionary<string, AddressFamily> Families = new() { ["ipv4"] = AddressFamily.InterNetwork, ["ipv6"] = AddressFamily.InterNetworkV6 };

    private static readonly string[] Kinds = [.. Enum.GetValues<ProbeKind>().Select(kind => kind.Name())];

    /// <summary>Reads a mesh. Never throws for what is in the text.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">The name that messages call the file by.</param>
    /// <param name="defaults">What graphs do not say: how <see cref="MeshSettings.Graphs"/>' first one probes, and the caps.</param>
    public static MeshReading Read(string text, string file, MeshSettings defaults)
    {
        var yaml = StrictYaml.Parse(text, file);
        var root = yaml.Root;
        var settings = defaults with
        {
            MaxPeers = root.Find("max_peers")?.WholeNumber(1, HardLimits.MaxPeers) ?? defaults.MaxPeers,
            MaxHostRate = root.Find("max_host_rate")?.Number(0.001, HardLimits.MaxProbesPerSecond) ?? defaults.MaxHostRate,
            MaxUplinkRate = root.Find("max_uplink_rate")?.Number(0.001, 1e9) ?? defaults.MaxUplinkRate,
            MaxFleetRate = root.Find("max_fleet_rate")?.Number(0.001, 1e12) ?? defaults.MaxFleetRate,
            Rotation = root.Find("rotation")?.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)) ?? defaults.Rotation,
        };

        var graphs = new List<MeshGraph>();
        foreach (var item in root.Require("graphs")?.List() ?? [])
        {
            if (item.Mapping() is not { } mapping) continue;
            var graph = ReadGraph(mapping, defaults.Graphs[0]);
            foreach (var error in graph.Validate()) item.Report(Sentence(error));
            if (graphs.Any(other => other.Name == graph.Name)) item.Report($"two graphs are named '{graph.Name}'; rename one");
            graphs.Add(graph);
        }

        if (graphs.Count == 0 && root.Has("graphs")) root.Report("'graphs' is empty; list at least one graph");
        var errors = yaml.Finish();
        return new MeshReading(errors.Count == 0 ? settings with { Graphs = graphs } : null, errors);
    }

    private static MeshGraph ReadGraph(YamlMapping graph, MeshGraph defaults)
    {
        var shape = graph.Find("graph")?.OneOf(GraphShapes.Names) is { } word ? (GraphShape)GraphShapes.Names.ToList().IndexOf(word) : defaults.Shape;
        var kind = graph.Find("kind")?.OneOf(Kinds) is { } name ? ProbeNames.FindKind(name)!.Value : defaults.Kind;
        var (from, to) = ReadPorts(graph.Find("source_ports"));
        return new MeshGraph
        {
            Name = graph.Require("name")?.Text() ?? "",
            Shape = shape,
            Kind = kind,
            Scope = ReadScope(graph.Find("scope")) ?? defaults.Scope,
            Interval = graph.Find("interval")?.Duration(HardLimits.MinProbeInterval, HardLimits.MaxProbeInterval) ?? defaults.Interval,
            Timeout = graph.Find("timeout")?.Duration(TimeSpan.FromMilliseconds(1), HardLimits.MaxProbeTimeout) ?? defaults.Timeout,
            SlowThreshold = graph.Find("slow")?.Duration(TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(10)) ?? defaults.SlowThreshold,
            Port = graph.Find("port")?.WholeNumber(1, 65535) ?? (shape == GraphShape.Targets ? 0 : defaults.Port),
            Dscp = (byte)(graph.Find("dscp")?.WholeNumber(0, 63) ?? defaults.Dscp),
            PayloadBytes = graph.Find("payload")?.WholeNumber(0, HardLimits.MaxPayloadBytes) ?? 0,
            DontFragment = graph.Find("dont_fragment")?.Bool() ?? false,
            Family = graph.Find("family")?.OneOf([.. Families.Keys]) is { } family ? Families[family] : null,
            SourcePortFrom = from,
            SourcePortTo = to,
            InterDcHosts = graph.Find("inter_dc_hosts")?.WholeNumber(1, MeshGraph.MaxHosts) ?? defaults.InterDcHosts,
            RegionLabel = graph.Find("region_label")?.Text(),
            RegionHosts = graph.Find("region_hosts")?.WholeNumber(1, MeshGraph.MaxHosts) ?? defaults.RegionHosts,
            SourcesPerPod = graph.Find("sources_per_pod")?.WholeNumber(1, MeshGraph.MaxHosts) ?? 0,
            TargetClass = graph.Find("class")?.OneOf("vip", "external") == "vip" ? ProbeClass.Vip : ProbeClass.External,
            EveryAddress = graph.Find("every_address")?.Bool() ?? false,
            Targets = [.. (graph.Find("targets")?.List() ?? []).Select(StaticTargetReader.Read).OfType<StaticTarget>()],
            Http = graph.Find("http") is { } http ? CheckReader.Http(http) : null,
            Tls = graph.Find("tls") is { } tls ? CheckReader.Tls(tls) : null,
            Dns = graph.Find("dns") is { } dns ? CheckReader.Dns(dns) : null,
            Grpc = graph.Find("grpc") is { } grpc ? CheckReader.Grpc(grpc) : null,
        };
    }

    private static ScopePattern? ReadScope(YamlValue? value)
    {
        if (value?.Text() is not { } text) return null;
        try
        {
            return ScopePattern.Parse(text);
        }
        catch (FormatException error)
        {
            value.Report(error.Message);
            return null;
        }
    }

    private static (int From, int To) ReadPorts(YamlValue? value)
    {
        if (value?.Text() is not { } text) return (0, 0);
        var parts = text.Split('-');
        if (parts.Length <= 2 && ushort.TryParse(parts[0], out var from) && ushort.TryParse(parts[^1], out var to) && from >= 1 && to >= from) return (from, to);
        value.Report($"'{text}' is no port or range of ports; write for example 40000-40063");
        return (0, 0);
    }

    private static string Sentence(string error) => char.ToLowerInvariant(error[0]) + error[1..].TrimEnd('.');
}

/// <summary>What came of reading a mesh file.</summary>
/// <param name="Settings">The mesh; null when there are errors.</param>
/// <param name="Errors">What is wrong, in the order of the text; empty when there is a mesh.</param>
public sealed record MeshReading(MeshSettings? Settings, IReadOnlyList<ConfigurationError> Errors);
