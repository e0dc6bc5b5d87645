using System.Net;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;
using Pingmesh.Lab.Labs;

namespace Pingmesh.Lab.Simulation;

/// <summary>
/// What the faults of a moment do to packets: the same as the lab's rules do, at the same places. A switch is entered once by
/// each packet that crosses it, a link at its far end.
/// </summary>
internal sealed class FaultEffects
{
    // What other traffic a link carries at mean load, for what a rate limit leaves of it.
    private const double UsualLoad = 1e9;
    private const double FullQueueMicroseconds = 100_000;

    private readonly Dictionary<object, List<Effect>> atPlace = [];
    private readonly HashSet<FabricNode> gone;
    private readonly Fabric fabric;

    /// <summary>The effects of faults.</summary>
    /// <param name="fabric">The fabric.</param>
    /// <param name="faults">The faults in force.</param>
    public FaultEffects(Fabric fabric, IReadOnlyList<TimedFault> faults)
    {
        this.fabric = fabric;
        var inForce = faults.Select((fault, i) => new Fault($"f{i + 1}", fault.Kind, fault.At, fault.Options, default)).ToList();
        var down = LabFaults.LinksDown(fabric, inForce);
        gone = LabFaults.CutOff(fabric, inForce);
        var pins = new Dictionary<FabricNode, FabricLink>();
        for (var i = 0; i < inForce.Count; i++)
        {
            var fault = inForce[i];
            var place = FaultCatalog.Check(fabric, fault.Kind, fault.At, fault.Options);
            if (fault.Kind == FaultKind.Asymmetry) pins[place.Switches[0]] = place.Switches[0].Links.First(link => link.Lower == place.Switches[0] && link.Upper.Name == fault.Options.Via);
            if (EffectOf(fault, SimulationRandom.Mix((ulong)i + 1)) is not { } effect) continue;
            if (place.Link is { } own) Add(own, effect with { OnlyFrom = fault.Kind == FaultKind.SlowHost ? place.Hosts[0] : null });
            else foreach (var one in place.Switches) Add(one, effect);
        }

        Paths = new FlowPaths(fabric, down, pins);
        IsNone = down.Count == 0 && atPlace.Count == 0 && pins.Count == 0;
    }

    /// <summary>The ways of flows under these faults.</summary>
    public FlowPaths Paths { get; }

    /// <summary>Whether nothing is different from a healthy fabric.</summary>
    public bool IsNone { get; }

    /// <summary>Whether a host has no power, or cannot speak to anybody.</summary>
    public bool IsGone(FabricNode host) => gone.Contains(host);

    /// <summary>What becomes of a packet.</summary>
    /// <param name="flow">The packet.</param>
    /// <param name="load">What latencies are multiplied by at the time.</param>
    /// <param name="links">Room for its way.</param>
    /// <param name="random">Chance.</param>
    public Fate Send(in Flow flow, double load, List<FabricLink> links, ref SimulationRandom random)
    {
        var (from, to) = (fabric.Hosts[flow.Source], fabric.Hosts[flow.Destination]);
        if (IsNone) return Fate.Arrives(0);
        if (!Paths.Find(from, to, flow, links))
        {
            // A ToR or leaf without a route says so; a host that is gone, or a dead end before it, says nothing.
            return gone.Contains(to) || gone.Contains(from) ? Fate.Lost : Fate.Refused;
        }

        var delay = 0.0;
        var node = from;
        foreach (var link in links)
        {
            if (!Pass(link, node, flow, load, ref delay, ref random)) return Fate.Lost;
            node = link.Across(node);
            if (!node.IsHost && !Pass(node, null, flow, load, ref delay, ref random)) return Fate.Lost;
        }

        return Fate.Arrives(delay);
    }

    /// <summary>Whether a packet comes as far as the node behind the given number of links.</summary>
    /// <param name="flow">The packet.</param>
    /// <param name="path">Its way.</param>
    /// <param name="count">How many links of it.</param>
    /// <param name="random">Chance.</param>
    public bool Reaches(in Flow flow, IReadOnlyList<FabricLink> path, int count, ref SimulationRandom random)
    {
        var delay = 0.0;
        var node = fabric.Hosts[flow.Source];
        for (var i = 0; i < count; i++)
        {
            if (!Pass(path[i], node, flow, 1, ref delay, ref random)) return false;
            node = path[i].Across(node);
            if (!node.IsHost && !Pass(node, null, flow, 1, ref delay, ref random)) return false;
        }

        return true;
    }

    /// <summary>Whether the answer of a switch on the way comes back: it has other ports than the flow, so that only loss by chance concerns it.</summary>
    public bool Answers(IReadOnlyList<FabricLink> path, int count, ref SimulationRandom random)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            if (IsLostByChance(path[i], ref random) || IsLostByChance(path[i].Lower, ref random) || (i < count - 1 && IsLostByChance(path[i].Upper, ref random))) return false;
        }

        return true;
    }

    private bool IsLostByChance(object place, ref SimulationRandom random)
    {
        if (!atPlace.TryGetValue(place, out var effects)) return false;
        foreach (var effect in effects)
        {
            if (effect.Kind == FaultKind.RandomLoss && random.NextDouble() * 100 < effect.Options.Percent) return true;
        }

        return false;
    }

    // What is down, and what is pinned, shows in the ways.
    private static Effect? EffectOf(Fault fault, ulong seed) =>
        fault.Kind is FaultKind.LinkDown or FaultKind.SwitchDown or FaultKind.PowerLoss or FaultKind.HostDown or FaultKind.Asymmetry ? null : new Effect(fault.Kind, fault.Options, seed);

    private void Add(object place, Effect effect)
    {
        if (!atPlace.TryGetValue(place, out var list)) atPlace[place] = list = [];
        list.Add(effect);
    }

    private bool Pass(object place, FabricNode? from, in Flow flow, double load, ref double delay, ref SimulationRandom random)
    {
        if (!atPlace.TryGetValue(place, out var effects)) return true;
        foreach (var effect in effects)
        {
            if (effect.OnlyFrom is { } sender && sender != from) continue;
            if (IsLost(effect, flow, load, ref delay, ref random)) return false;
        }

        return true;
    }

    private bool IsLost(Effect effect, in Flow flow, double load, ref double delay, ref SimulationRandom random)
    {
        var options = effect.Options;
        switch (effect.Kind)
        {
            case FaultKind.RandomLoss:
                return random.NextDouble() * 100 < options.Percent;
            case FaultKind.QosLoss:
                return flow.Dscp == options.Dscp && random.NextDouble() * 100 < options.Percent;
            case FaultKind.Mtu:
                return flow.Bytes > options.Above;
            case FaultKind.BlackholePairs:
                return options.From is { } from
                    ? fabric.Hosts[flow.Source].Name == from && fabric.Hosts[flow.Destination].Name == options.To
                    : ShareOf(flow.HashOfPair(effect.Seed)) < options.Percent;
            case FaultKind.BlackholePorts:
                return options.SourcePorts?.Holds(flow.SourcePort) ?? ShareOf(flow.Hash(effect.Seed)) < options.Percent;
            case FaultKind.BlackholePrefix:
                return fabric.Hosts[flow.Destination].Addresses.Any(effect.Prefix!.Value.Contains);
            case FaultKind.RateLimit:
                // What does not fit is lost, and what does waits behind a full queue.
                var excess = 1 - (options.Rate!.Value / (UsualLoad * load));
                if (excess > 0) delay += random.NextDouble() * FullQueueMicroseconds;
                return random.NextDouble() < excess;
            default:
                var jitter = (options.Jitter ?? TimeSpan.Zero).TotalMicroseconds;
                delay += Math.Max(0, options.Delay!.Value.TotalMicroseconds + (jitter * ((2 * random.NextDouble()) - 1)));
                return false;
        }
    }

    private static double ShareOf(ulong hash) => hash / (double)ulong.MaxValue * 100;

    private sealed record Effect(FaultKind Kind, FaultOptions Options, ulong Seed)
    {
        /// <summary>The prefix of a black hole.</summary>
        public IPNetwork? Prefix { get; } = Options.Prefix is { } text ? IPNetwork.Parse(text) : null;

        /// <summary>Only packets that this node sends; null for all.</summary>
        public FabricNode? OnlyFrom { get; init; }
    }
}
