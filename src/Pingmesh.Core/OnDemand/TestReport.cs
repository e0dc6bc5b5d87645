using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Core.OnDemand;

/// <summary>What an agent found when it did as ordered.</summary>
/// <param name="Order">Id of the order.</param>
/// <param name="At">When it was done.</param>
/// <param name="Probes">Of a ping, each probe; of a trace none.</param>
/// <param name="Flows">Of a trace, the path of each flow, in the order of the source ports; of a ping none.</param>
/// <param name="Problem">Why it could not be done, or not all of it; null when it was.</param>
public sealed record TestReport(string Order, DateTimeOffset At, IReadOnlyList<TestedProbe> Probes, IReadOnlyList<TracedFlow> Flows, string? Problem);

/// <summary>One probe of a test.</summary>
/// <param name="SourcePort">The port it left from; 0 when it never got one.</param>
/// <param name="Error">Why it failed, or <see cref="ProbeError.None"/>.</param>
/// <param name="Retransmissions">SYN retransmissions.</param>
/// <param name="LossDirection">Where the first loss was, if it shows.</param>
/// <param name="RttNanoseconds">RTT; 0 where there is none.</param>
public sealed record TestedProbe(int SourcePort, ProbeError Error, int Retransmissions, LossDirection LossDirection, long RttNanoseconds);

/// <summary>The path of one flow.</summary>
/// <param name="SourcePort">Its source port.</param>
/// <param name="Reached">Whether the target itself answered.</param>
/// <param name="Hops">The hops from the nearest on.</param>
public sealed record TracedFlow(int SourcePort, bool Reached, IReadOnlyList<TracedHop> Hops);

/// <summary>One hop of a path.</summary>
/// <param name="Ttl">Time to live of its packets, from 1.</param>
/// <param name="Sent">Packets that were sent.</param>
/// <param name="Answered">Packets that were answered.</param>
/// <param name="Addresses">Who answered; nobody where a switch keeps silent or packets are lost.</param>
/// <param name="RttNanoseconds">Shortest RTT; 0 where there is none.</param>
public sealed record TracedHop(int Ttl, int Sent, int Answered, IReadOnlyList<IPAddress> Addresses, long RttNanoseconds);
