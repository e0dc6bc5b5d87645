using System.Net;
using System.Net.Sockets;
using Pingmesh.Core.OnDemand;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Icmp;
using Pingmesh.Probing.Trace;

namespace Pingmesh.Agent.OnDemand;

/// <summary>
/// Does what is ordered, one order at a time, within <see cref="OnDemandLimits"/>, and reports on it; what cannot be done, or only in part, is
/// told in the report and never by an exception.
/// </summary>
/// <param name="space">Network namespace to work in; null for the process's own.</param>
/// <param name="sources">The host's addresses to probe from.</param>
/// <param name="whyNot">Why the agent does no tests now, as a sentence; null when it does.</param>
/// <param name="time">The clock.</param>
internal sealed class OrderRunner(NetworkSpace? space, Func<IReadOnlyList<IPAddress>> sources, Func<string?> whyNot, TimeProvider time)
{
    /// <summary>Why a test was not done, or not wholly, while the agent stops.</summary>
    public const string Stopping = "the agent is stopping";

    private readonly TestBudget budget = new(time);

    /// <summary>Does an order; takes the calling thread until it is done, a minute at most.</summary>
    public TestReport Run(TestOrder order, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return Refusal(order, Stopping);
        if ((OrderCheck.ProblemOf(order) ?? whyNot()) is { } problem) return Refusal(order, problem);
        var (most, left) = (OnDemandLimits.PacketsOf(order), budget.Left);
        if (most > left)
        {
            return Refusal(
                order, $"it may take {most} packets, and of the {OnDemandLimits.PacketsPerMinute} that this agent sends for tests within a minute {left} are left; wait a little, or ask for less");
        }

        try
        {
            return NetworkSpace.In(space, () => order.Test == TestKind.Trace ? Trace(order, cancel) : Ping(order, cancel));
        }
        catch (Exception error) when (error is TraceException or IOException or SocketException)
        {
            return Refusal(order, error.Message);
        }
    }

    private TestReport Ping(TestOrder order, CancellationToken cancel)
    {
        if (order.Protocol == ProbeKind.Icmp && IcmpProber.WhyUnavailable(order.Target.AddressFamily == AddressFamily.InterNetworkV6) is { } why) return Refusal(order, why);
        var (probes, packets, problem) = OrderedPing.Run(order, SourceOf(order), cancel);
        budget.Take(packets);
        return new TestReport(order.Id, time.GetUtcNow(), probes, [], problem);
    }

    private TestReport Trace(TestOrder order, CancellationToken cancel)
    {
        if (PathTracer.WhyUnavailable(order.Target.AddressFamily == AddressFamily.InterNetworkV6) is { } why) return Refusal(order, why);
        var (flows, packets) = OrderedTrace.Run(order, SourceOf(order), cancel);
        budget.Take(packets);
        return new TestReport(order.Id, time.GetUtcNow(), [], flows, cancel.IsCancellationRequested ? Stopping : null);
    }

    private IPAddress? SourceOf(TestOrder order) => order.Source ?? sources().FirstOrDefault(address => address.AddressFamily == order.Target.AddressFamily);

    private TestReport Refusal(TestOrder order, string problem) => new(order.Id, time.GetUtcNow(), [], [], problem);
}
