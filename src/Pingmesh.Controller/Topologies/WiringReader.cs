using System.Net;
using Pingmesh.Controller.Sources;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>Reads the switches and links of a topology file, which are listed one by one.</summary>
internal sealed class WiringReader(StrictYaml yaml)
{
    private static readonly Dictionary<string, SwitchTier> Tiers = new()
    {
        ["tor"] = SwitchTier.Tor, ["leaf"] = SwitchTier.Leaf, ["spine"] = SwitchTier.Spine, ["border"] = SwitchTier.Border,
    };

    private readonly List<(YamlPlace Place, Switch Switch)> switches = [];
    private readonly List<Link> links = [];
    private YamlPlace? place;

    /// <summary>Reads the entries; asks the file for its keys.</summary>
    public void Read()
    {
        if (yaml.Root.Find("switches") is { } switchList)
        {
            place = switchList.Place;
            foreach (var item in switchList.List())
            {
                if (item.Mapping() is { } entry && ReadSwitch(entry) is { } one) switches.Add((item.Place, one));
            }
        }

        if (yaml.Root.Find("links") is { } linkList)
        {
            place ??= linkList.Place;
            foreach (var item in linkList.List())
            {
                if (item.Mapping() is { } entry && ReadLink(item, entry) is { } link) links.Add(link);
            }
        }
    }

    /// <summary>The wiring, checked against the hosts; reports what does not fit.</summary>
    public Wiring Finish(Topology topology)
    {
        if (place is null) return Wiring.None;
        foreach (var (at, one) in switches)
        {
            if (!Exists(topology, one))
                yaml.Report(at, $"switch '{one.Name}': there is no {What(one.Tier)} '{one.Scope}' in the topology; correct 'scope'");
        }

        try
        {
            return new Wiring([.. switches.Select(one => one.Switch)], links, name => topology.FindHost(name) is not null);
        }
        catch (ArgumentException error)
        {
            yaml.Report(place.Value, $"{error.Message}; correct 'switches' and 'links'");
            return Wiring.None;
        }
    }

    private static bool Exists(Topology topology, Switch one) => one.Tier switch
    {
        SwitchTier.Tor => topology.FindPod(one.Scope) is not null,
        SwitchTier.Leaf => topology.Dcs.Any(dc => dc.Podsets.Any(podset => podset.Path == one.Scope)),
        SwitchTier.Spine => topology.Dcs.Any(dc => dc.Name == one.Scope),
        _ => true,
    };

    private static string What(SwitchTier tier) => tier switch
    {
        SwitchTier.Tor => "pod",
        SwitchTier.Leaf => "podset",
        _ => "data center",
    };

    private static Switch? ReadSwitch(YamlMapping entry)
    {
        var name = entry.Require("name")?.Text();
        var tierName = entry.Require("tier")?.OneOf([.. Tiers.Keys]);
        var addresses = entry.Find("addresses") is { } list ? ReadAddresses(list) : [];
        if (tierName is null || !Tiers.TryGetValue(tierName, out var tier))
        {
            entry.Find("scope");
            return null;
        }

        if (tier == SwitchTier.Border)
        {
            if (entry.Find("scope") is { } scope) scope.Report("a border switch serves all data centers; remove 'scope'");
            return name is null ? null : new Switch(name, tier, "", addresses);
        }

        return entry.Require("scope")?.Text() is { } path && name is not null ? new Switch(name, tier, path, addresses) : null;
    }

    private static Link? ReadLink(YamlValue item, YamlMapping entry)
    {
        var ends = entry.Require("ends")?.List().Select(end => end.Text()).OfType<string>().ToList();
        var addresses = entry.Find("addresses")?.List().Select(ReadAddresses).ToList();
        if (ends is null) return null;
        if (ends.Count != 2)
        {
            item.Report("a link has two ends; write 'ends: [switch, switch]'");
            return null;
        }

        if (addresses is not null && addresses.Count != 2)
        {
            item.Report("a link's 'addresses' are two lists, one for each end; write 'addresses: [[...], [...]]'");
            return null;
        }

        return new Link(new LinkEnd(ends[0], addresses?[0] ?? []), new LinkEnd(ends[1], addresses?[1] ?? []));
    }

    private static List<IPAddress> ReadAddresses(YamlValue list)
    {
        var addresses = new List<IPAddress>();
        foreach (var value in list.List())
        {
            if (value.Text() is not { } text) continue;
            if (AddressText.TryParse(text, out var address)) addresses.Add(address);
            else value.Report($"'{text}' is not an IP address; write four numbers from 0 to 255, or an IPv6 address");
        }

        return addresses;
    }
}
