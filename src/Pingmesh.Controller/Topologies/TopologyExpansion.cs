using System.Net;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>Expands the ranges of a topology file, depth first, and reports every entry that comes out wrong by its pattern's line.</summary>
internal sealed class TopologyExpansion(StrictYaml yaml)
{
    // One wrong pattern can make a million wrong hosts: show a few of them, count the rest, and give up at some point.
    private const int ShownPerPlace = 3;
    private const int MaxFailures = 10_000;

    private readonly TopologyBuilder builder = new();
    private readonly ExpansionScope scope = new();
    private readonly Dictionary<YamlPlace, int> failures = [];
    private int failureCount;

    /// <summary>The topology; of use only when nothing was reported.</summary>
    public Topology Expand(IReadOnlyList<TopologySpec> dcs, WiringReader wiring)
    {
        Expand(dcs, new Dictionary<string, string>());
        foreach (var (place, count) in failures)
        {
            if (count > ShownPerPlace) yaml.Report(place, $"and {count - ShownPerPlace:N0} more from this pattern; correct the pattern");
        }

        if (failureCount > 0) return Topology.Empty;
        var hosts = builder.Build();
        var switches = wiring.Finish(hosts);
        if (switches.Switches.Count + switches.Links.Count == 0) return hosts;
        builder.AddWiring(switches);
        return builder.Build();
    }

    private void Expand(IReadOnlyList<TopologySpec> siblings, IReadOnlyDictionary<string, string> inherited)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        long position = 0;
        foreach (var spec in siblings)
        {
            for (long i = 0; i < spec.Name.Count && failureCount < MaxFailures; i++)
            {
                position++;
                ExpandOne(spec, spec.Name.Numbers is { } range ? range.First + i : position, taken, inherited);
            }
        }
    }

    private void ExpandOne(TopologySpec spec, long number, HashSet<string> taken, IReadOnlyDictionary<string, string> inherited)
    {
        scope.SetNumber(spec.Level, number);
        var place = spec.Place;
        try
        {
            var name = spec.Name.Fill(scope, number);
            scope.SetName(spec.Level, name);
            if (!ScopeName.IsValid(name))
            {
                Fail(place, $"{spec.Level.Word()} '{name}' has an impossible name; use {ScopeName.Rule}");
                return;
            }

            if (spec.Level != TopologyLevel.Host && !taken.Add(name))
            {
                Fail(place, $"two {spec.Level.Word()}s are named '{name}'{Parent(spec.Level)}; rename one, or put their contents into one entry");
                return;
            }

            var labels = inherited;
            if (spec.Labels.Count > 0)
            {
                var own = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
                foreach (var (key, template) in spec.Labels)
                {
                    place = template.Place;
                    own[key] = template.Text.Fill(scope);
                }

                labels = own;
            }

            if (spec.Level == TopologyLevel.Host) AddHost(spec, name, labels);
            else Expand(spec.Children, labels);
        }
        catch (FormatException error)
        {
            Fail(place, error.Message);
        }
    }

    private void AddHost(TopologySpec spec, string name, IReadOnlyDictionary<string, string> labels)
    {
        var addresses = new IPAddress[spec.Addresses.Count];
        for (var i = 0; i < addresses.Length; i++)
        {
            var (place, template) = spec.Addresses[i];
            string text;
            try
            {
                text = template.Fill(scope);
            }
            catch (FormatException error)
            {
                Fail(place, $"host '{name}' (from line {spec.Place.Line}): {error.Message}");
                return;
            }

            if (!AddressText.TryParse(text, out addresses[i]))
            {
                Fail(place, $"host '{name}' (from line {spec.Place.Line}): address {text} is not an IP address; write four numbers from 0 to 255, or an IPv6 address");
                return;
            }
        }

        try
        {
            builder.AddHost(
                scope.NameOf(TopologyLevel.Dc), scope.NameOf(TopologyLevel.Podset), scope.NameOf(TopologyLevel.Pod), name, addresses, labels);
        }
        catch (ArgumentException error)
        {
            Fail(spec.Place, $"{error.Message}; correct the name or the address of the entry that begins here");
        }
    }

    private string Parent(TopologyLevel level) => level switch
    {
        TopologyLevel.Podset => $" in '{scope.NameOf(TopologyLevel.Dc)}'",
        TopologyLevel.Pod => $" in '{scope.NameOf(TopologyLevel.Dc)}/{scope.NameOf(TopologyLevel.Podset)}'",
        _ => "",
    };

    private void Fail(YamlPlace place, string message)
    {
        failureCount++;
        var count = failures[place] = failures.GetValueOrDefault(place) + 1;
        if (count <= ShownPerPlace) yaml.Report(place, message);
    }
}
