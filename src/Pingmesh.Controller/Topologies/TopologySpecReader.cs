using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>Reads the entries of a topology file and reports what is wrong with them; expands nothing.</summary>
internal sealed class TopologySpecReader(StrictYaml yaml)
{
    /// <summary>Name of the podset of a dc without podsets, and of the pod of a dc without pods.</summary>
    public const string ImplicitName = "all";

    private const int MaxLabelLength = 1_000;

    /// <summary>The data centers of the file.</summary>
    public IReadOnlyList<TopologySpec> Read()
    {
        if (yaml.Root.Require("dcs") is not { } dcs) return [];
        return ReadEntries(dcs, TopologyLevel.Dc);
    }

    private List<TopologySpec> ReadEntries(YamlValue list, TopologyLevel level)
    {
        var specs = new List<TopologySpec>();
        foreach (var item in list.List())
        {
            if (item.Mapping() is { } mapping && ReadEntry(mapping, level) is { } spec) specs.Add(spec);
        }

        return specs;
    }

    private TopologySpec? ReadEntry(YamlMapping entry, TopologyLevel level)
    {
        var nameValue = entry.Require("name");
        var name = nameValue?.Text() is { } text ? Compile(nameValue, () => NamePattern.Compile(text, level)) : null;
        var labels = entry.Find("labels") is { } own ? ReadLabels(own, level) : [];
        var addresses = level == TopologyLevel.Host ? ReadAddresses(entry) : [];
        var children = ReadChildren(entry, level);
        return name is null ? null : new TopologySpec(level, name, nameValue!.Place, labels, addresses, children);
    }

    private List<TopologySpec> ReadChildren(YamlMapping entry, TopologyLevel level)
    {
        (string Key, TopologyLevel Level)[] kinds = level switch
        {
            TopologyLevel.Dc => [("podsets", TopologyLevel.Podset), ("pods", TopologyLevel.Pod), ("hosts", TopologyLevel.Host)],
            TopologyLevel.Podset => [("pods", TopologyLevel.Pod)],
            TopologyLevel.Pod => [("hosts", TopologyLevel.Host)],
            _ => [],
        };
        if (kinds.Length == 0) return [];

        var present = kinds.Where(kind => entry.Has(kind.Key)).ToArray();
        if (present.Length > 1)
            entry.Report($"a {level.Word()} has both '{present[0].Key}' and '{present[1].Key}'; keep one, or make two entries of it");
        if (present.Length == 0)
        {
            entry.Report($"a {level.Word()} has no {string.Join(", ", kinds.Select(kind => $"'{kind.Key}'"))}; give it {(kinds.Length > 1 ? "one of these lists" : "that list")}");
            return [];
        }

        if (entry.Find(present[0].Key) is not { } list) return [];
        var children = ReadEntries(list, present[0].Level);
        if (list.IsList && list.List().Count == 0) list.Report($"'{present[0].Key}' is empty; list at least one {present[0].Level.Word()}");
        return Wrap(children, level + 1, list.Place);
    }

    // A dc without podsets, or without podsets and pods, gets one of each named "all".
    private static List<TopologySpec> Wrap(List<TopologySpec> children, TopologyLevel wanted, YamlPlace place)
    {
        while (children.Count > 0 && children[0].Level > wanted)
        {
            var level = children[0].Level - 1;
            children = [new TopologySpec(level, NamePattern.Compile(ImplicitName, level), place, [], [], children)];
        }

        return children;
    }

    private static List<PlacedTemplate> ReadAddresses(YamlMapping host)
    {
        var single = host.Find("address");
        var several = host.Find("addresses");
        if (single is not null && several is not null) host.Report("a host has both 'address' and 'addresses'; put all of them into 'addresses'");
        if (single is null && several is null && !host.Has("address") && !host.Has("addresses"))
            host.Report("a host has no address; add 'address: 10.0.0.1', or 'addresses: [...]' for several");
        if (several is { IsList: true } && several.List().Count == 0) several.Report("'addresses' is empty; list at least one address");

        var templates = new List<PlacedTemplate>();
        foreach (var value in single is not null ? [single] : several?.List() ?? [])
        {
            if (value.Text() is { } text && Compile(value, () => TemplateText.Compile(text, TopologyLevel.Host, TopologyLevel.Host)) is { } template)
                templates.Add(new PlacedTemplate(value.Place, template));
        }

        return templates;
    }

    private static List<KeyValuePair<string, PlacedTemplate>> ReadLabels(YamlValue labels, TopologyLevel level)
    {
        var templates = new List<KeyValuePair<string, PlacedTemplate>>();
        var places = labels.Entries().ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (key, text) in labels.TextMap())
        {
            var value = places[key];
            if (text.Length > MaxLabelLength || key.Any(char.IsControl) || text.Any(char.IsControl))
                value.Report($"label '{key}' is longer than {MaxLabelLength} characters or holds a control character; write one short line");
            else if (Compile(value, () => TemplateText.Compile(text, level, level)) is { } template)
                templates.Add(new(key, new PlacedTemplate(value.Place, template)));
        }

        return templates;
    }

    private static T? Compile<T>(YamlValue value, Func<T> compile)
        where T : class
    {
        try
        {
            return compile();
        }
        catch (FormatException error)
        {
            value.Report(error.Message);
            return null;
        }
    }
}
