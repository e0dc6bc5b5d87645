using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>What of a measurement may be the network's fault.</summary>
/// <param name="Lost">Probes that lost a packet on the way: dropped, timed out, or without a route.</param>
/// <param name="Probes">Probes that could have: all but those that the far or the near host failed by itself.</param>
internal readonly record struct NetworkLoss(long Lost, long Probes)
{
    private static readonly ProbeError[] Errors = [ProbeError.Timeout, ProbeError.NetworkUnreachable, ProbeError.HostUnreachable, ProbeError.TtlExceeded, ProbeError.TooLarge];

    /// <summary>Lost / probes, 0 to 1; 0 without probes.</summary>
    public double Rate => Probes == 0 ? 0 : (double)Lost / Probes;

    /// <summary>The loss in a measurement.</summary>
    public static NetworkLoss Of(Measurement measurement)
    {
        var failed = Errors.Sum(measurement.FailuresOf);
        return new NetworkLoss(measurement.Drops + failed, measurement.Successes + failed);
    }
}
