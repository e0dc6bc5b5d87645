using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Bench.Detection;

/// <summary>Draws faults: of each kind as many, each at a place and as bad as chance has it.</summary>
internal sealed class FaultDraw(Fabric fabric, ulong seed)
{
    // Links and switches of each tier alike, since hosts see them differently.
    private static readonly string[] Places = ["tor", "leaf", "spine", "tor-leaf", "leaf-spine"];

    private string last = "";
    private readonly Random random = new((int)seed);

    /// <summary>The groups that are drawn, the bars of which are in docs/benchmarks.md.</summary>
    public static IReadOnlyList<string> Groups { get; } =
        [.. Places.Select(place => $"random-loss {place}"), .. Places.Select(place => $"dead {place}"), .. Places.Take(3).SelectMany(place => (string[])[$"blackhole-pairs {place}", $"blackhole-ports {place}"]),
         "blackhole-pair", "host-down", "tor-down", "pod-power", "podset-power", "spine-power", "slow-host", "latency leaf-spine", "latency spine", "mtu leaf", "qos-loss spine"];

    /// <summary>Draws a fault of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="from">When it begins.</param>
    public ScoredFault Draw(string group, TimeSpan from)
    {
        var words = group.Split(' ');
        var place = words.Length > 1 ? Place(words[1]) : default;
        return words[0] switch
        {
            "random-loss" => Make(FaultKind.RandomLoss, place.At, new FaultOptions { Percent = 1 + Math.Round(random.NextDouble() * 4, 1) }, 300, [IncidentKind.SilentDrops], place.Names),
            "dead" => Make(FaultKind.RandomLoss, place.At, new FaultOptions { Percent = 100 }, 90, [IncidentKind.BlackHole, IncidentKind.Partition, IncidentKind.ScopeDown], place.Names),
            "blackhole-pairs" => Make(FaultKind.BlackholePairs, place.At, new FaultOptions { Percent = Percent() }, 120, [IncidentKind.BlackHole], place.Names),
            "blackhole-ports" => Make(FaultKind.BlackholePorts, place.At, new FaultOptions { Percent = Percent() }, 120, [IncidentKind.BlackHole], place.Names),
            "blackhole-pair" => Pair(),
            "host-down" => Host(FaultKind.HostDown, new FaultOptions(), 90, IncidentKind.HostDown),
            "slow-host" => Host(FaultKind.SlowHost, new FaultOptions { Delay = TimeSpan.FromMilliseconds(20) }, 180, IncidentKind.SlowHost),
            "tor-down" => Down(FaultKind.SwitchDown, Switch(SwitchTier.Tor), tor => tor.Name, tor => tor.Scope),
            "pod-power" => Down(FaultKind.PowerLoss, Switch(SwitchTier.Tor), tor => tor.Scope, tor => tor.Scope),
            "podset-power" => Down(FaultKind.PowerLoss, Switch(SwitchTier.Leaf), leaf => leaf.Scope, leaf => leaf.Scope),
            "spine-power" => Spines(),
            "latency" => Make(FaultKind.Latency, place.At, new FaultOptions { Delay = TimeSpan.FromMilliseconds(5 + random.Next(20)) }, 180, [IncidentKind.Latency], place.Names),
            "mtu" => Make(FaultKind.Mtu, place.At, new FaultOptions { Above = 1500 }, 240, [IncidentKind.PayloadLoss], place.Names),
            _ => Make(FaultKind.QosLoss, place.At, new FaultOptions { Dscp = DetectionBench.LowClass, Percent = 20 }, 240, [IncidentKind.QosLoss], place.Names),
        };

        ScoredFault Make(FaultKind kind, string at, FaultOptions options, int seconds, IReadOnlyList<IncidentKind> kinds, IReadOnlyList<string> names) =>
            new(group, new TimedFault(kind, at, options, from, from + TimeSpan.FromSeconds(seconds)), kinds, names, at);

        ScoredFault Pair()
        {
            var (a, b) = (fabric.Hosts[random.Next(fabric.Hosts.Count)], default(FabricNode));

            // Of hosts that probe each other: those of a pod do.
            do b = fabric.Hosts[random.Next(fabric.Hosts.Count)];
            while (b == a || b.Number != a.Number);
            var tor = a.Links[0].Upper;
            return Make(FaultKind.BlackholePairs, tor.Name, new FaultOptions { From = a.Name, To = b.Name }, 300, [IncidentKind.BlackHole], [tor.Name, $"{a.Name}~{b.Name}", $"{b.Name}~{a.Name}"]) with { Scope = a.Name };
        }

        ScoredFault Host(FaultKind kind, FaultOptions options, int seconds, IncidentKind right)
        {
            var host = fabric.Hosts[random.Next(fabric.Hosts.Count)];
            return Make(kind, host.Name, options, seconds, [right], [host.Name]);
        }

        ScoredFault Down(FaultKind kind, FabricNode node, Func<FabricNode, string> at, Func<FabricNode, string> scope) =>
            Make(kind, at(node), new FaultOptions(), 90, [IncidentKind.ScopeDown], [scope(node)]) with { Scope = scope(node) };

        ScoredFault Spines()
        {
            var dc = Switch(SwitchTier.Spine).Scope;
            return Make(FaultKind.PowerLoss, $"{dc}/spines", new FaultOptions(), 90, [IncidentKind.Partition], [dc, $"{dc}/spines"]) with { Scope = dc };
        }
    }

    // 5, 10, 25 or 50 percent.
    private double Percent() => random.Next(4) switch { 0 => 5, 1 => 10, 2 => 25, _ => 50 };

    private FabricNode Switch(SwitchTier tier)
    {
        // Not the same again: what has just gone is watched, and would only have come back.
        var all = fabric.Switches.Where(one => one.Tier == tier && one.Scope != last).ToList();
        if (all.Count == 0) all = [.. fabric.Switches.Where(one => one.Tier == tier)];
        var drawn = all[random.Next(all.Count)];
        last = drawn.Scope;
        return drawn;
    }

    private (string At, IReadOnlyList<string> Names) Place(string words)
    {
        switch (words)
        {
            case "tor-leaf" or "leaf-spine":
                var upper = words == "tor-leaf" ? SwitchTier.Leaf : SwitchTier.Spine;
                var links = fabric.Links.Where(link => link.Upper.Tier == upper && !link.Lower.IsHost).ToList();
                var link = links[random.Next(links.Count)];
                return (link.Name, [link.Name, $"{link.Upper.Name}~{link.Lower.Name}"]);
            default:
                var node = Switch(words switch { "tor" => SwitchTier.Tor, "leaf" => SwitchTier.Leaf, _ => SwitchTier.Spine });

                // That a ToR is at fault, or that its pod is, is the same.
                return (node.Name, node.Tier == SwitchTier.Tor ? [node.Name, node.Scope] : [node.Name]);
        }
    }
}
