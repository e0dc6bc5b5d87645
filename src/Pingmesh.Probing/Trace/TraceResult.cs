using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Trace;

/// <summary>The paths that the flows of a trace took.</summary>
/// <param name="Source">The address they left from.</param>
/// <param name="Flows">One path a flow, in the order they were asked for.</param>
public sealed record TraceResult(IPAddress Source, IReadOnlyList<FlowTrace> Flows);

/// <summary>The path of one flow.</summary>
/// <param name="SourcePort">The source port, which tells the flows of a trace apart.</param>
/// <param name="Hops">Its hops from the nearest on, up to the last that was asked.</param>
public sealed record FlowTrace(int SourcePort, IReadOnlyList<TraceHop> Hops)
{
    /// <summary>Whether the target itself answered.</summary>
    public bool Reached => Hops.Count > 0 && Hops[^1].Answers.Any(answer => answer.IsTarget);
}

/// <summary>What packets of one time to live brought.</summary>
/// <param name="Ttl">Time to live they left with: 1 for the first router.</param>
/// <param name="Sent">How many were sent.</param>
/// <param name="Answers">Who answered; nobody where a router keeps silent or packets are lost, several where the path changed.</param>
public sealed record TraceHop(int Ttl, int Sent, IReadOnlyList<HopAnswer> Answers)
{
    /// <summary>Packets that were answered.</summary>
    public int Answered => Answers.Sum(answer => answer.Count);
}

/// <summary>The answers of one address.</summary>
/// <param name="Address">Whose they are.</param>
/// <param name="IsTarget">Whether the target answered itself, so that the path ends here.</param>
/// <param name="Error">
/// <c>ttl-exceeded</c> of a router; none of a target that accepts the flow, <c>refused</c> of one that does not; else why the path ends here.
/// </param>
/// <param name="Rtts">
/// RTT of each answer, nanoseconds, from the call that sent the packet to the kernel's stamp of the answer's arrival; without
/// those during which the clock was set.
/// </param>
/// <param name="Count">How many answers there were.</param>
public sealed record HopAnswer(IPAddress Address, bool IsTarget, ProbeError Error, IReadOnlyList<long> Rtts, int Count);
