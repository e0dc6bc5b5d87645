using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.OnDemand;

namespace Pingmesh.Server.Api;

/// <summary>A test that an operator asked for, with what is known by now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Whose agents test, as it was asked for.</param>
/// <param name="To">What they test, as it was asked for.</param>
/// <param name="Test"><c>ping</c> or <c>trace</c>.</param>
/// <param name="Kind"><c>tcp</c>, <c>tcp-payload</c>, <c>icmp</c> or <c>udp</c>.</param>
/// <param name="Count">Probes of each flow, or tries of each hop.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
/// <param name="State"><c>running</c> until each agent has answered or its time is over; then <c>done</c>.</param>
/// <param name="Pairs">What each agent does.</param>
public sealed record TestResponse(
    string Id, string From, string To, string Test, string Kind, int Count, string By, DateTimeOffset At, string State, IReadOnlyList<TestPairResponse> Pairs)
{
    internal static TestResponse Of(OperatorTest test, IEnumerable<TestReport?> reports, Topology topology, DateTimeOffset now)
    {
        List<TestPairResponse> pairs = [.. reports.Select((report, i) => TestPairResponse.Of(test.Orders[i], test.Targets[i], report, test.IsOver(now), topology))];
        var first = test.Orders[0];
        return new TestResponse(
            test.Id, test.From, test.To, first.Test.Name(), first.Protocol.Name(), first.Count, test.By, test.At, pairs.Exists(pair => pair.State == TestPairResponse.Waiting) ? "running" : "done", pairs);
    }
}

/// <summary>A test in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Whose agents test.</param>
/// <param name="To">What they test.</param>
/// <param name="Test"><c>ping</c> or <c>trace</c>.</param>
/// <param name="Kind">The kind of probe.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
/// <param name="Pairs">How many pairs of hosts it has.</param>
public sealed record TestSummaryResponse(string Id, string From, string To, string Test, string Kind, string By, DateTimeOffset At, int Pairs)
{
    internal static TestSummaryResponse Of(OperatorTest test) =>
        new(test.Id, test.From, test.To, test.Orders[0].Test.Name(), test.Orders[0].Protocol.Name(), test.By, test.At, test.Orders.Count);
}

/// <summary>What one agent does of a test, and found.</summary>
/// <param name="From">The agent's host.</param>
/// <param name="To">The host that is tested.</param>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port; 0 for <c>icmp</c>.</param>
/// <param name="State"><c>waiting</c> for the agent, <c>done</c>, or <c>unanswered</c> when the agent did not answer in time.</param>
/// <param name="At">When it was done, by the agent's clock; null before.</param>
/// <param name="Problem">Why it was not done, or not wholly; null when it was.</param>
/// <param name="Ok">Whether all of it went well: each probe was answered without a loss, each flow reached the target.</param>
/// <param name="Probes">The probes of a ping.</param>
/// <param name="Flows">The flows of a trace.</param>
public sealed record TestPairResponse(
    string From, string To, string Address, int Port, string State, DateTimeOffset? At, string? Problem, bool Ok, IReadOnlyList<TestProbeResponse> Probes, IReadOnlyList<TestFlowResponse> Flows)
{
    /// <summary>The state in which the agent has not answered yet.</summary>
    public const string Waiting = "waiting";

    internal static TestPairResponse Of(TestOrder order, string target, TestReport? report, bool isOver, Topology topology)
    {
        if (report is null)
        {
            return new TestPairResponse(
                order.Host, target, order.Target.ToString(), order.Port, isOver ? "unanswered" : Waiting, null,
                isOver ? $"the agent of '{order.Host}' did not answer; 'pingmesh agents' tells when it was last heard of" : null, false, [], []);
        }

        var ok = report.Problem is null && report.Probes.All(probe => probe is { Error: ProbeError.None, Retransmissions: 0 }) && report.Flows.All(flow => flow.Reached);
        return new TestPairResponse(
            order.Host, target, order.Target.ToString(), order.Port, "done", report.At, report.Problem, ok,
            [.. report.Probes.Select(TestProbeResponse.Of)], [.. report.Flows.Select(flow => TestFlowResponse.Of(flow, topology))]);
    }
}

/// <summary>One probe.</summary>
/// <param name="SourcePort">Its source port.</param>
/// <param name="Error">Why it failed, such as <c>timeout</c>; <c>none</c> when it did not.</param>
/// <param name="Retransmissions">SYN retransmissions: each is a lost packet.</param>
/// <param name="LossDirection"><c>forward</c>, <c>return</c> or <c>unknown</c>: where the first loss was.</param>
/// <param name="RttUs">RTT, microseconds; null where there is none.</param>
public sealed record TestProbeResponse(int SourcePort, string Error, int Retransmissions, string LossDirection, double? RttUs)
{
    internal static TestProbeResponse Of(TestedProbe probe) =>
        new(probe.SourcePort, probe.Error.Name(), probe.Retransmissions, probe.LossDirection.Name(), Microseconds(probe.RttNanoseconds));

    internal static double? Microseconds(long nanoseconds) => nanoseconds > 0 ? nanoseconds / 1e3 : null;
}

/// <summary>The path of a flow.</summary>
/// <param name="SourcePort">Its source port.</param>
/// <param name="Reached">Whether the target answered.</param>
/// <param name="Hops">The hops from the nearest on.</param>
public sealed record TestFlowResponse(int SourcePort, bool Reached, IReadOnlyList<TestHopResponse> Hops)
{
    internal static TestFlowResponse Of(TracedFlow flow, Topology topology) => new(flow.SourcePort, flow.Reached, [.. flow.Hops.Select(hop => TestHopResponse.Of(hop, topology))]);
}

/// <summary>A hop.</summary>
/// <param name="Ttl">Its number, from 1.</param>
/// <param name="Sent">Packets sent.</param>
/// <param name="Answered">Packets answered.</param>
/// <param name="Addresses">Who answered.</param>
/// <param name="Nodes">The switches and hosts that have these addresses, as far as the topology knows them.</param>
/// <param name="RttUs">Shortest RTT, microseconds; null where there is none.</param>
public sealed record TestHopResponse(int Ttl, int Sent, int Answered, IReadOnlyList<string> Addresses, IReadOnlyList<string> Nodes, double? RttUs)
{
    internal static TestHopResponse Of(TracedHop hop, Topology topology) => new(
        hop.Ttl, hop.Sent, hop.Answered, [.. hop.Addresses.Select(address => address.ToString())],
        [.. hop.Addresses.Select(address => topology.Wiring.FindSwitch(address)?.Name ?? topology.FindHost(address)?.Name).OfType<string>().Distinct()],
        TestProbeResponse.Microseconds(hop.RttNanoseconds));
}
