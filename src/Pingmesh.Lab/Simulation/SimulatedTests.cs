using System.Net;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Simulation;

/// <summary>Tests on demand that simulated agents do: under the faults of the moment, as real ones would. Thread-safe.</summary>
public sealed class SimulatedTests : ITestRunner
{
    // Linux sends a SYN again after 1 s and 3 s (RFC 6298).
    private static readonly double[] SynSeconds = [0, 1, 3];

    private const int HandshakeBytes = 60;
    private const int FirstPort = 32_768;
    private const int Ports = 28_232;

    private readonly Fabric fabric;
    private readonly Func<(FaultEffects? Effects, Func<FabricNode, bool> IsDown)> state;
    private readonly TimeProvider time;
    private readonly ulong seed;
    private readonly double drops;
    private readonly Dictionary<IPAddress, FabricNode> hosts = [];

    internal SimulatedTests(Fabric fabric, Func<(FaultEffects? Effects, Func<FabricNode, bool> IsDown)> state, double drops, TimeProvider time, ulong seed)
    {
        this.fabric = fabric;
        this.state = state;
        this.drops = drops;
        this.time = time;
        this.seed = seed;
        foreach (var host in fabric.Hosts)
        {
            foreach (var address in host.Addresses) hosts[address] = host;
        }
    }

    /// <inheritdoc/>
    public Task<TestReport?> RunAsync(TestOrder order, CancellationToken cancel)
    {
        var (effects, isDown) = state();
        if (effects is null || fabric.Find(order.Host) is not { IsHost: true } host || !hosts.TryGetValue(order.Target, out var target)) return Task.FromResult<TestReport?>(null);
        if (isDown(host) || effects.IsGone(host)) return Task.FromResult<TestReport?>(null);

        // The same order at the same time meets the same chance, in whatever order the orders come.
        var random = new SimulationRandom(
            seed ^ 0x7E57, SimulationRandom.Hash($"{order.Host} {order.Target} {order.Port} {order.Test} {string.Join(',', order.SourcePorts)} {time.GetUtcNow().ToUnixTimeSeconds()}"));
        var reachable = !isDown(target) && !effects.IsGone(target);
        var links = new List<FabricLink>();
        var probes = new List<TestedProbe>();
        var flows = new List<TracedFlow>();
        foreach (var asked in order.SourcePorts)
        {
            var port = (ushort)(asked != 0 ? asked : FirstPort + random.Below(Ports));
            var flow = new Flow(host.Index, target.Index, port, (ushort)order.Port, order.Dscp, HandshakeBytes);
            if (order.Test == TestKind.Trace) flows.Add(Trace(flow, target, order, reachable, effects, links, ref random));
            else for (var i = 0; i < order.Count; i++) probes.Add(Probe(flow, order, reachable, effects, links, ref random));
        }

        return Task.FromResult<TestReport?>(new TestReport(order.Id, time.GetUtcNow(), probes, flows, null));
    }

    private TestedProbe Probe(in Flow flow, TestOrder order, bool reachable, FaultEffects effects, List<FabricLink> links, ref SimulationRandom random)
    {
        var retransmissions = 0;
        foreach (var at in SynSeconds)
        {
            if (at >= order.Timeout.TotalSeconds) break;
            if (reachable && Pass(flow, effects, links, ref random))
            {
                if (order.Protocol != ProbeKind.TcpPayload || Pass(flow with { Bytes = HandshakeBytes + order.PayloadBytes }, effects, links, ref random))
                    return new TestedProbe(flow.SourcePort, ProbeError.None, retransmissions, LossDirection.Unknown, retransmissions == 0 ? 300_000 : 0);
                return new TestedProbe(flow.SourcePort, ProbeError.AnswerTimeout, retransmissions, LossDirection.Unknown, 0);
            }

            if (order.Protocol is ProbeKind.Icmp or ProbeKind.Udp) break;
            retransmissions++;
        }

        return new TestedProbe(flow.SourcePort, ProbeError.Timeout, Math.Max(0, retransmissions - 1), LossDirection.Unknown, 0);
    }

    private bool Pass(in Flow flow, FaultEffects effects, List<FabricLink> links, ref SimulationRandom random) =>
        random.NextDouble() >= drops && effects.Send(flow, 1, links, ref random).HasArrived && effects.Send(flow.Reversed(flow.Dscp), 1, links, ref random).HasArrived;

    private TracedFlow Trace(in Flow flow, FabricNode target, TestOrder order, bool reachable, FaultEffects effects, List<FabricLink> links, ref SimulationRandom random)
    {
        var found = effects.Paths.Find(fabric.Hosts[flow.Source], target, flow, links);
        var path = links.ToList();
        var hops = new List<TracedHop>();
        var node = fabric.Hosts[flow.Source];
        for (var i = 0; i < path.Count; i++)
        {
            node = path[i].Across(node);
            if (node.IsHost) break;
            var answered = 0;
            for (var attempt = 0; attempt < order.Count; attempt++)
            {
                if (random.NextDouble() >= drops && effects.Reaches(flow, path, i + 1, ref random) && effects.Answers(path, i + 1, ref random)) answered++;
            }

            hops.Add(new TracedHop(i + 1, order.Count, answered, answered > 0 ? [AddressOf(node, path[i], order.Target)] : [], 0));
        }

        var arrived = 0;
        if (found && reachable && node == target)
        {
            for (var attempt = 0; attempt < order.Count; attempt++)
            {
                if (Pass(flow, effects, links, ref random)) arrived++;
            }
        }

        hops.Add(new TracedHop(hops.Count + 1, order.Count, arrived, arrived > 0 ? [order.Target] : [], 0));
        return new TracedFlow(flow.SourcePort, arrived > 0, hops);
    }

    // A switch answers with the address of the link that the packet came in by; of the port that hosts hang on that is its gateway address.
    private static IPAddress AddressOf(FabricNode node, FabricLink link, IPAddress like) =>
        link.AddressesOf(node).Concat(node.Addresses).First(address => address.AddressFamily == like.AddressFamily);
}
