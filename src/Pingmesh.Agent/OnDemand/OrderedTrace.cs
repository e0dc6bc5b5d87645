using System.Net;
using Pingmesh.Core.OnDemand;
using Pingmesh.Probing.Trace;

namespace Pingmesh.Agent.OnDemand;

/// <summary>Does a trace as ordered, with the tracer of <c>pingmesh trace</c>.</summary>
internal static class OrderedTrace
{
    /// <summary>Traces; takes the calling thread until it is done.</summary>
    /// <param name="order">The order, which was checked.</param>
    /// <param name="source">The source address; null leaves it to the kernel.</param>
    /// <param name="cancel">Ends it early, with what is known by then.</param>
    /// <returns>The flows, in the order of the source ports; and the packets that were sent.</returns>
    /// <exception cref="TraceException">It cannot be made; says why and what helps.</exception>
    public static (IReadOnlyList<TracedFlow> Flows, int Packets) Run(TestOrder order, IPAddress? source, CancellationToken cancel)
    {
        var trace = PathTracer.Trace(
            new TraceRequest
            {
                Target = order.Target, Port = order.Port, Protocol = order.Protocol, SourcePorts = order.SourcePorts, Source = source, Dscp = order.Dscp,
                Tries = order.Count, MaxHops = OnDemandLimits.TraceHops, Rate = OnDemandLimits.TracePacketsPerSecond, Timeout = order.Timeout,

                // The way of the answers to a probe begins at the responder's port.
                FromListeners = true,
            },
            cancel);
        return ([.. trace.Flows.Select(FlowOf)], trace.Flows.Sum(flow => flow.Hops.Sum(hop => hop.Sent)));
    }

    private static TracedFlow FlowOf(FlowTrace flow) => new(flow.SourcePort, flow.Reached, [.. flow.Hops.Select(HopOf)]);

    private static TracedHop HopOf(TraceHop hop) => new(
        hop.Ttl, hop.Sent, hop.Answered, [.. hop.Answers.Select(answer => answer.Address).Distinct()], hop.Answers.SelectMany(answer => answer.Rtts).DefaultIfEmpty().Min());
}
