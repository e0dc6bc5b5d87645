using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Localisation;

/// <summary>
/// Looks closely at a suspicion: probes again, with the same and with other five-tuples, what failed; traces flows with and without trouble in both
/// directions; ranks what they go through.
/// </summary>
internal sealed class Investigation(ITestRunner tests, Fleet fleet, FabricGraph graph, Suspicion suspicion, FlowChoice choice, string incident, bool isFirst, TimeProvider time)
{
    // Switches answer few expired packets: these are spread over as many agents as flows come from.
    private const int Again = 3;
    private const int HopTries = 3;
    private const int FreshTracedBack = 4;

    // Where agents have no sample of good flows, some are sent along the pairs in trouble.
    private const int FewestGood = 20;
    private const int MostControls = 12;
    private const int ControlPorts = 3;

    // An agent does one order after another.
    private const int AtOncePerHost = 2;

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HopTimeout = TimeSpan.FromSeconds(1);

    // What has not been answered by then comes too late for whoever is woken by it; there is another investigation.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // A first look is to be quick, later ones thorough.
    private readonly int pairsProbedAgain = isFirst ? 8 : 16;
    private readonly int freshPorts = isFirst ? 24 : 48;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> hosts = new(StringComparer.Ordinal);

    private string? problem;
    private int ordered;
    private int unanswered;

    /// <summary>Looks; returns what it came to, as far as agents answered.</summary>
    public async Task<Findings> RunAsync(CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        cancel = end.Token;
        var work = new List<Task<(Repeats Repeats, List<FlowSeen> Flows, Reproducer? Reproducer)>>();
        var again = suspicion.Signal == Signal.Loss ? choice.Bad.Where(flow => flow.Failed).DistinctBy(flow => (flow.Source, flow.Target)).Take(pairsProbedAgain).ToHashSet() : [];

        // The flows in trouble first: who is asked a lot does not come to all.
        foreach (var flow in choice.Bad) work.Add(again.Contains(flow) ? ProbeAgainAsync(flow, cancel) : TraceOnlyAsync(flow, true, cancel));
        foreach (var flow in choice.Good) work.Add(TraceOnlyAsync(flow, false, cancel));
        if (choice.Good.Count < FewestGood) work.AddRange(choice.Bad.DistinctBy(flow => (flow.Source, flow.Target)).Take(MostControls).Select(flow => ControlAsync(flow, cancel)));
        var done = await Task.WhenAll(work).ConfigureAwait(false);
        var flows = done.SelectMany(one => one.Flows).ToList();
        var repeats = done.Aggregate(Repeats.None, (sum, one) => sum.And(one.Repeats));
        var (suspects, likelihood) = SuspectRanking.Rank(flows, suspicion.Place, fleet, graph);
        var reproducer = repeats.IsDeterministic == true ? done.Select(one => one.Reproducer).FirstOrDefault(one => one is not null) : null;
        return new Findings(suspects, likelihood, repeats, reproducer, flows, unanswered, ordered, problem);
    }

    /// <summary>Only traces the flows in trouble.</summary>
    public async Task<IReadOnlyList<FlowSeen>> TraceAsync(CancellationToken cancel) =>
        await Task.WhenAll(choice.Bad.Select(flow => TraceAsync(flow, true, cancel))).ConfigureAwait(false);

    private async Task<(Repeats Repeats, List<FlowSeen> Flows, Reproducer? Reproducer)> TraceOnlyAsync(FlowSample flow, bool isBad, CancellationToken cancel) =>
        (Repeats.None, [await TraceAsync(flow, isBad, cancel).ConfigureAwait(false)], null);

    // Other flows of the same pair: they differ in nothing but their way.
    private async Task<(Repeats Repeats, List<FlowSeen> Flows, Reproducer? Reproducer)> ControlAsync(FlowSample flow, CancellationToken cancel)
    {
        var report = await RunAsync(Ping(flow, new int[ControlPorts], 1), cancel).ConfigureAwait(false);
        var passed = report?.Probes.Where(probe => probe is { Error: ProbeError.None, Retransmissions: 0, SourcePort: > 0 }).ToList() ?? [];
        var flows = await PassingAsync(flow, passed, cancel).ConfigureAwait(false);
        return (Repeats.None, [.. flows.Select(one => one with { IsOfTest = one.There is null || one.Back is null })], null);
    }

    private async Task<(Repeats Repeats, List<FlowSeen> Flows, Reproducer? Reproducer)> ProbeAgainAsync(FlowSample flow, CancellationToken cancel)
    {
        var same = RunAsync(Ping(flow, [flow.SourcePort], Again), cancel);
        var fresh = RunAsync(Ping(flow, new int[freshPorts], 1), cancel);
        var traced = TraceAsync(flow, true, cancel);
        var (sameReport, freshReport) = (await same.ConfigureAwait(false), await fresh.ConfigureAwait(false));
        var seen = await traced.ConfigureAwait(false);
        var flows = new List<FlowSeen> { seen };
        var passed = freshReport?.Probes.Where(probe => probe.Error == ProbeError.None && probe.SourcePort > 0).ToList() ?? [];

        // Probes of the same pair that pass rule out what they go through; where it is the way back that breaks off, those of the other host do.
        flows.AddRange(await PassingAsync(flow, passed, cancel).ConfigureAwait(false));
        if (seen.Back is { IsBroken: true } && AddressOf(flow.Source, flow.TargetAddress.AddressFamily) is { } back)
        {
            var reverse = flow with { Source = flow.Target, Target = flow.Source, TargetAddress = back, Error = ProbeError.None, Retransmissions = 0 };
            var report = await RunAsync(Ping(reverse, new int[freshPorts], 1), cancel).ConfigureAwait(false);
            flows.AddRange(await PassingAsync(reverse, report?.Probes.Where(probe => probe.Error == ProbeError.None && probe.SourcePort > 0).ToList() ?? [], cancel).ConfigureAwait(false));
        }

        var sameProbes = sameReport?.Probes.Where(probe => PairTally.IsNetworkFailure(probe.Error) || probe.Error == ProbeError.None).ToList() ?? [];
        var repeats = new Repeats(
            sameProbes.Count, sameProbes.Count(probe => probe.Error != ProbeError.None), freshReport?.Probes.Count ?? 0,
            freshReport?.Probes.Count(probe => PairTally.IsNetworkFailure(probe.Error)) ?? 0);
        return (repeats, flows, repeats.IsDeterministic == true ? ReproducerOf(flow, passed, repeats) : null);
    }

    // The paths of passing probes of the pair: the way there of all by one order, the way back of some, each of which takes one.
    private async Task<List<FlowSeen>> PassingAsync(FlowSample flow, List<TestedProbe> passed, CancellationToken cancel)
    {
        if (passed.Count == 0) return [];
        var there = await RunAsync(Trace(flow, [.. passed.Select(probe => probe.SourcePort).Distinct()], 1), cancel).ConfigureAwait(false);
        var paths = there?.Flows.ToDictionary(one => one.SourcePort) ?? [];
        var back = await Task.WhenAll(passed.Take(FreshTracedBack).Select(probe => BackAsync(flow with { SourcePort = (ushort)probe.SourcePort }, cancel))).ConfigureAwait(false);
        return [.. passed.Select((probe, i) => new FlowSeen(
            flow with { SourcePort = (ushort)probe.SourcePort, Error = ProbeError.None, Retransmissions = 0, RttNanoseconds = probe.RttNanoseconds },
            false,
            PathSeen.Of(paths.GetValueOrDefault(probe.SourcePort), fleet.Hosts[flow.Source], fleet.Hosts[flow.Target], graph),
            i < back.Length ? back[i] : null) { IsOfTest = true }).Where(one => (one.There ?? one.Back) is not null)];
    }

    private async Task<FlowSeen> TraceAsync(FlowSample flow, bool isBad, CancellationToken cancel)
    {
        var there = RunAsync(Trace(flow, [flow.SourcePort], HopTries), cancel);
        var back = await BackAsync(flow, cancel).ConfigureAwait(false);
        var report = await there.ConfigureAwait(false);
        return new FlowSeen(flow, isBad, PathSeen.Of(report is { Flows.Count: > 0 } ? report.Flows[0] : null, fleet.Hosts[flow.Source], fleet.Hosts[flow.Target], graph), back)
        {
            IsBefore = flow.At < suspicion.Since * 1_000_000,
        };
    }

    // The way back of a flow is that of packets with its ports exchanged, from the other host.
    private async Task<PathSeen?> BackAsync(FlowSample flow, CancellationToken cancel)
    {
        if (AddressOf(flow.Source, flow.TargetAddress.AddressFamily) is not { } source) return null;
        var report = await RunAsync(
            new TestOrder
            {
                Id = NewId(), Host = fleet.Hosts[flow.Target].Name, Test = TestKind.Trace, Protocol = ProtocolOf(flow.Series.Kind), Target = source, Port = flow.SourcePort,
                Source = flow.TargetAddress, SourcePorts = [flow.TargetPort], Count = HopTries, Timeout = HopTimeout, Dscp = flow.Series.Dscp, By = incident,
            },
            cancel).ConfigureAwait(false);
        return PathSeen.Of(report is { Flows.Count: > 0 } ? report.Flows[0] : null, fleet.Hosts[flow.Target], fleet.Hosts[flow.Source], graph);
    }

    private TestOrder Trace(FlowSample flow, IReadOnlyList<int> ports, int tries) => new()
    {
        Id = NewId(), Host = fleet.Hosts[flow.Source].Name, Test = TestKind.Trace, Protocol = ProtocolOf(flow.Series.Kind), Target = flow.TargetAddress, Port = flow.TargetPort,
        SourcePorts = ports, Count = tries, Timeout = HopTimeout, Dscp = flow.Series.Dscp, By = incident,
    };

    private TestOrder Ping(FlowSample flow, IReadOnlyList<int> ports, int count) => new()
    {
        Id = NewId(), Host = fleet.Hosts[flow.Source].Name, Test = TestKind.Ping, Protocol = flow.Series.Kind, Target = flow.TargetAddress, Port = flow.TargetPort,
        SourcePorts = ports, Count = count, Dscp = flow.Series.Dscp, PayloadBytes = flow.Series.Kind == ProbeKind.TcpPayload ? PayloadBytes : 0, Timeout = ProbeTimeout, By = incident,
    };

    // As large as the mesh's own payloads may be and the paper's are not: what is lost by its size shows.
    private const int PayloadBytes = 4_000;

    private Reproducer ReproducerOf(FlowSample flow, List<TestedProbe> passed, Repeats repeats)
    {
        var fails = Command(flow.TargetAddress, flow.SourcePort);
        var passes = !repeats.IsOfAddresses && passed.Count > 0
            ? Command(flow.TargetAddress, passed[0].SourcePort)
            : choice.Good.FirstOrDefault(good => good.Source == flow.Source && good.Target != flow.Target) is { } other ? Command(other.TargetAddress, flow.SourcePort) : "";
        return new Reproducer(fleet.Hosts[flow.Source].Name, fails, passes);

        string Command(IPAddress target, int port)
        {
            var kind = flow.Series.Kind switch
            {
                ProbeKind.Udp => $"--udp --port {flow.TargetPort}",
                ProbeKind.TcpPayload => $"--payload {PayloadBytes} --port {flow.TargetPort}",
                _ => $"--tcp {flow.TargetPort}",
            };
            return $"pingmesh ping {kind} --sport {port} -c 3{(flow.Series.Dscp == 0 ? "" : $" --tos {flow.Series.Dscp << 2}")} {target}";
        }
    }

    private IPAddress? AddressOf(int host, AddressFamily family) => fleet.Hosts[host].Addresses.FirstOrDefault(address => address.AddressFamily == family);

    private static ProbeKind ProtocolOf(ProbeKind kind) => kind == ProbeKind.Udp ? ProbeKind.Udp : ProbeKind.Tcp;

    private static string NewId() => Guid.NewGuid().ToString("N");

    private async Task<TestReport?> RunAsync(TestOrder order, CancellationToken cancel)
    {
        Interlocked.Increment(ref ordered);
        var turn = hosts.GetOrAdd(order.Host, _ => new SemaphoreSlim(AtOncePerHost));
        TestReport? report = null;
        try
        {
            await turn.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                report = await tests.RunAsync(order, cancel).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ArgumentException or StoreUnavailableException)
        {
            // Out of time, too many orders at that host, or nowhere to place one: what is known without it counts.
        }

        if (report?.Problem is { } why) problem = why;
        if (report is null || (report.Probes.Count == 0 && report.Flows.Count == 0)) Interlocked.Increment(ref unanswered);
        return report;
    }
}
