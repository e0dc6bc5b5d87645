namespace Pingmesh.Core.OnDemand;

/// <summary>Whether what an agent sends is a report on the order it was given.</summary>
public static class ReportCheck
{
    /// <summary>Longest text of a problem, characters.</summary>
    public const int MaxProblem = 1_000;

    private const int MaxAddressesPerHop = 64;

    private static readonly long MaxRtt = (long)TimeSpan.FromMinutes(1).TotalNanoseconds;

    /// <summary>What is wrong with a report, as a sentence; null when nothing is.</summary>
    public static string? ProblemOf(TestReport report, TestOrder order)
    {
        if (report.Order != order.Id) return $"the report is on order '{report.Order}', not on '{order.Id}'";
        if (report.Problem is { } problem && (problem.Length > MaxProblem || problem.Any(char.IsControl))) return $"the problem is longer than {MaxProblem} characters or holds a control character";
        if (order.Test == TestKind.Ping ? report.Flows.Count > 0 : report.Probes.Count > 0) return "a ping has probes and a trace has flows";
        if (report.Probes.Count > order.SourcePorts.Count * order.Count) return $"there are {report.Probes.Count} probes, more than were ordered";
        if (report.Flows.Count > order.SourcePorts.Count) return $"there are {report.Flows.Count} flows, more than were ordered";
        if (report.Probes.Any(probe => !IsGood(probe))) return "a probe's port, retransmissions or RTT is out of range";
        return report.Flows.Any(flow => !IsPort(flow.SourcePort) || flow.Hops.Count > OnDemandLimits.TraceHops || flow.Hops.Any(hop => !IsGood(hop))) ? "a flow's port or one of its hops is out of range" : null;
    }

    private static bool IsGood(TestedProbe probe) =>
        IsPort(probe.SourcePort) && Enum.IsDefined(probe.Error) && probe.Retransmissions is >= 0 and <= byte.MaxValue && IsRtt(probe.RttNanoseconds);

    private static bool IsGood(TracedHop hop) =>
        hop.Ttl is >= 1 and <= OnDemandLimits.TraceHops && hop.Sent is >= 0 and <= OnDemandLimits.TraceTries && hop.Answered >= 0 && hop.Answered <= hop.Sent
        && hop.Addresses.Count <= MaxAddressesPerHop && IsRtt(hop.RttNanoseconds);

    private static bool IsPort(int port) => port is >= 0 and <= ushort.MaxValue;

    private static bool IsRtt(long nanoseconds) => nanoseconds >= 0 && nanoseconds <= MaxRtt;
}
