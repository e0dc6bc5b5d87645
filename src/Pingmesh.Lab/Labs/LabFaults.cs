using System.Globalization;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;
using Pingmesh.Lab.Namespaces;

namespace Pingmesh.Lab.Labs;

/// <summary>Puts faults into a fabric of namespaces, and takes them out.</summary>
internal sealed class LabFaults(Fabric fabric, LabSpaces spaces, FabricBuilder builder, IReadOnlyList<string> program, string folder)
{
    private static readonly TimeSpan RelayStart = TimeSpan.FromSeconds(10);

    /// <summary>The hosts that can reach nobody because of faults: what runs there cannot reach a server either.</summary>
    public static HashSet<FabricNode> CutOff(Fabric fabric, IReadOnlyList<Fault> faults)
    {
        var down = LinksDown(fabric, faults);
        return [.. fabric.Hosts.Where(host => down.Contains(host.Links[0]) || host.Links[0].Upper.Links.Where(link => !link.Lower.IsHost).Concat(host.Links).All(down.Contains))];
    }

    /// <summary>Puts a fault in. What it started, if anything.</summary>
    /// <param name="before">The faults in force.</param>
    /// <param name="fault">The one to come.</param>
    public async Task<LabProcess?> AddAsync(IReadOnlyList<Fault> before, Fault fault)
    {
        var place = FaultCatalog.Check(fabric, fault.Kind, fault.At, fault.Options);
        RefuseOverlap(before, fault, place);
        try
        {
            switch (fault.Kind)
            {
                case FaultKind.Latency or FaultKind.SlowHost:
                    return await DelayAsync(fault, place);
                case FaultKind.RateLimit:
                    foreach (var (node, name) in Egress(fault, place)) Tc(node, "qdisc", "add", "dev", name, "root", "tbf", "rate", $"{fault.Options.Rate}bit", "burst", BurstOf(fault.Options.Rate!.Value), "latency", "100ms");
                    break;
                case FaultKind.LinkDown or FaultKind.SwitchDown or FaultKind.PowerLoss or FaultKind.HostDown or FaultKind.Asymmetry:
                    await ReshapeAsync(before, [.. before, fault]);
                    break;
                default:
                    foreach (var (node, interfaces) in place.Ingress) spaces.Nft(node, LossRules.Write(fabric, fault, interfaces)!);
                    break;
            }

            return null;
        }
        catch
        {
            await RemoveAsync([.. before, fault], fault);
            throw;
        }
    }

    /// <summary>Takes a fault out; its process must have ended.</summary>
    public async Task RemoveAsync(IReadOnlyList<Fault> before, Fault fault)
    {
        var place = FaultPlace.Parse(fabric, fault.At);
        switch (fault.Kind)
        {
            case FaultKind.Latency or FaultKind.SlowHost:
                foreach (var (node, name) in Egress(fault, place))
                {
                    // One of the two is there.
                    spaces.TryExec(node, "tc", "qdisc", "del", "dev", name, "clsact");
                    spaces.TryExec(node, "tc", "qdisc", "del", "dev", name, "root");
                }

                break;
            case FaultKind.RateLimit:
                foreach (var (node, name) in Egress(fault, place)) spaces.TryExec(node, "tc", "qdisc", "del", "dev", name, "root");
                break;
            case FaultKind.LinkDown or FaultKind.SwitchDown or FaultKind.PowerLoss or FaultKind.HostDown or FaultKind.Asymmetry:
                await ReshapeAsync(before, [.. before.Where(one => one.Id != fault.Id)]);
                break;
            default:
                foreach (var (node, _) in FaultCatalog.Check(fabric, fault.Kind, fault.At, fault.Options).Ingress)
                    spaces.TryExec(node, "nft", "delete", "table", "netdev", LossRules.TableOf(fault));
                break;
        }
    }

    /// <summary>Packets that the rules of a fault have dropped; null for kinds without rules.</summary>
    public long? Dropped(Fault fault)
    {
        var place = FaultCatalog.Check(fabric, fault.Kind, fault.At, fault.Options);
        long? sum = null;
        foreach (var (node, interfaces) in place.Ingress)
        {
            if (LossRules.Write(fabric, fault, interfaces) is null) return null;
            var (_, output, _) = spaces.TryExec(node, "nft", "list", "table", "netdev", LossRules.TableOf(fault));
            foreach (var line in output.Split('\n').Where(line => line.Contains("counter packets ", StringComparison.Ordinal)))
                sum = (sum ?? 0) + long.Parse(line.Split("counter packets ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return sum;
    }

    /// <summary>The links that are down because of faults.</summary>
    internal static HashSet<FabricLink> LinksDown(Fabric fabric, IReadOnlyList<Fault> faults)
    {
        var down = new HashSet<FabricLink>();
        foreach (var fault in faults)
        {
            if (fault.Kind is not (FaultKind.LinkDown or FaultKind.SwitchDown or FaultKind.PowerLoss or FaultKind.HostDown)) continue;
            var place = FaultPlace.Parse(fabric, fault.At);
            if (place.Link is { } link) down.Add(link);
            else down.UnionWith(place.Switches.Concat(place.Hosts).SelectMany(node => node.Links));
        }

        return down;
    }

    private static List<(FabricNode Node, string Name)> Egress(Fault fault, FaultPlace place) => fault.Kind == FaultKind.SlowHost
        ? [(place.Hosts[0], place.Link!.InterfaceAt(place.Hosts[0]))]
        : [.. place.Ingress.SelectMany(one => one.Interfaces.Select(name => (one.Node, name)))];

    // Two queues at one interface would take each other's place.
    private void RefuseOverlap(IReadOnlyList<Fault> before, Fault fault, FaultPlace place)
    {
        if (fault.Kind is not (FaultKind.Latency or FaultKind.SlowHost or FaultKind.RateLimit)) return;
        var wanted = Egress(fault, place).ToHashSet();
        foreach (var other in before.Where(one => one.Kind is FaultKind.Latency or FaultKind.SlowHost or FaultKind.RateLimit))
        {
            if (Egress(other, FaultPlace.Parse(fabric, other.At)).Find(wanted.Contains) is { Name: not null } shared)
                throw new LabException($"{other.Id} already holds up what leaves by {shared.Name} of {shared.Node}; clear it first: pingmesh lab fault clear {other.Id}");
        }
    }

    private async Task<LabProcess?> DelayAsync(Fault fault, FaultPlace place)
    {
        var egress = Egress(fault, place);
        var delay = fault.Options.Delay!.Value;
        var jitter = fault.Options.Jitter ?? TimeSpan.Zero;
        if (TryNetem(egress, delay, jitter)) return null;

        // No netem in this kernel: a relay of our own holds up the frames.
        var log = Path.Combine(folder, $"relay-{fault.Id}.log");
        var command = program.Concat(["lab", "relay", "--delay", Microseconds(delay), "--jitter", Microseconds(jitter)])
            .Concat(egress.GroupBy(one => one.Node).Select(node => $"{spaces.PathOf(node.Key)}={string.Join(',', node.Select(one => one.Name))}"));
        var relay = LabProcess.Start(folder, $"relay-{fault.Id}", [.. command], log);
        var deadline = DateTime.UtcNow + RelayStart;
        while (!relay.Tail().Contains(Relay.Ready, StringComparison.Ordinal))
        {
            if (!relay.IsRunning || DateTime.UtcNow > deadline)
            {
                await relay.StopAsync();
                throw new LabException($"the relay that holds up packets did not start: {relay.Tail()}");
            }

            await Task.Delay(20);
        }

        return relay;
    }

    private bool TryNetem(List<(FabricNode Node, string Name)> egress, TimeSpan delay, TimeSpan jitter)
    {
        foreach (var (node, name) in egress)
        {
            string[] command = ["tc", "qdisc", "add", "dev", name, "root", "netem", "limit", "100000", "delay", Microseconds(delay)];
            var (code, _, errors) = spaces.TryExec(node, jitter > TimeSpan.Zero ? [.. command, Microseconds(jitter)] : command);
            if (code == 0) continue;

            // Only a kernel without netem answers so, and it does for the first interface.
            if (errors.Contains("qdisc kind is unknown", StringComparison.Ordinal)) return false;
            throw new LabException($"tc in {node}: {errors.Trim()}");
        }

        return true;
    }

    private async Task ReshapeAsync(IReadOnlyList<Fault> before, IReadOnlyList<Fault> after)
    {
        var was = LinksDown(fabric, before);
        var now = LinksDown(fabric, after);
        foreach (var link in was.Union(now).Where(link => was.Contains(link) != now.Contains(link)))
        {
            var word = now.Contains(link) ? "down" : "up";
            foreach (var node in new[] { link.Lower, link.Upper })
            {
                spaces.Ip(node, [$"link set {link.InterfaceAt(node)} {word}"], force: true);
                if (word == "up") spaces.Ip(node, [.. FabricBuilder.Neighbours(node), .. node.IsHost ? FabricBuilder.HostRoutes(node) : []], force: true);
            }
        }

        builder.Route(link => !now.Contains(link), Pins(after));
        await builder.SettleAsync(was.Except(now).SelectMany(link => new[] { link.Lower, link.Upper }).Distinct());
    }

    private Dictionary<FabricNode, FabricLink> Pins(IReadOnlyList<Fault> faults)
    {
        var pins = new Dictionary<FabricNode, FabricLink>();
        foreach (var fault in faults.Where(fault => fault.Kind == FaultKind.Asymmetry))
        {
            var node = fabric.Find(fault.At)!;
            pins[node] = node.Links.First(link => link.Lower == node && link.Upper.Name == fault.Options.Via);
        }

        return pins;
    }

    private void Tc(FabricNode node, params string[] arguments)
    {
        var (code, _, errors) = spaces.TryExec(node, ["tc", .. arguments]);
        if (code != 0) throw new LabException($"tc {string.Join(' ', arguments)} in {node}: {errors.Trim()}");
    }

    // Two full packets, or what passes in 2 ms where that is more: the kernel's timers are not finer.
    private static string BurstOf(long rate) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(3_100, rate / 8 / 500)}");

    private static string Microseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMicroseconds}us");
}
