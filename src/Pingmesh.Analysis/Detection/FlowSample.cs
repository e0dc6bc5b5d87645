using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Detection;

/// <summary>One probe with its five-tuple.</summary>
/// <param name="At">When it was started, microseconds of Unix time.</param>
/// <param name="Series">Kind, class and QoS.</param>
/// <param name="Source">Number of the host that probed.</param>
/// <param name="Target">Number of the host that was probed.</param>
/// <param name="SourcePort">Source port.</param>
/// <param name="TargetPort">Destination port.</param>
/// <param name="TargetAddress">The address that was probed.</param>
/// <param name="Error">Why it failed, or <see cref="ProbeError.None"/>.</param>
/// <param name="Retransmissions">SYN retransmissions.</param>
/// <param name="Direction">Where the first loss was, if it shows.</param>
/// <param name="RttNanoseconds">RTT; 0 where there is none.</param>
/// <param name="Confirms">How many times the agent had tried the five-tuple before since it failed; 0 of an ordinary probe.</param>
internal sealed record FlowSample(
    long At, SeriesKey Series, int Source, int Target, ushort SourcePort, ushort TargetPort, IPAddress TargetAddress, ProbeError Error, byte Retransmissions, LossDirection Direction,
    long RttNanoseconds, byte Confirms = 0)
{
    /// <summary>What tells it from other flows.</summary>
    public (int Source, int Target, ushort SourcePort, ushort TargetPort) Tuple => (Source, Target, SourcePort, TargetPort);

    /// <summary>Whether it got no answer.</summary>
    public bool Failed => PairTally.IsNetworkFailure(Error);

    /// <summary>Whether it is in trouble.</summary>
    public bool IsBad(Signal signal, Span span) => signal == Signal.Loss ? Failed || (Error == ProbeError.None && Retransmissions > 0) : RttNanoseconds >= PairTally.SlowLimit(span, Series.Kind == ProbeKind.TcpPayload);

    /// <summary>Whether nothing was wrong with it.</summary>
    public bool IsGood(Span span) => Error == ProbeError.None && Retransmissions == 0 && RttNanoseconds < PairTally.SlowLimit(span, Series.Kind == ProbeKind.TcpPayload);
}
