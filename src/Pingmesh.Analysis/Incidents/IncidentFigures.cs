namespace Pingmesh.Analysis.Incidents;

/// <summary>How bad it is, at its worst window.</summary>
/// <param name="Probes">Probes through the place in the window.</param>
/// <param name="Bad">Those in trouble: lost, or slow.</param>
/// <param name="Rate">Their share, 0 to 1.</param>
/// <param name="RateLow">Lower end of its exact 95 % interval.</param>
/// <param name="RateHigh">Upper end of it.</param>
/// <param name="Usual">The share that is usual there.</param>
/// <param name="P99Microseconds">P99 of the RTTs; null where it is not about latency.</param>
/// <param name="UsualP99Microseconds">P99 that is usual there; null where it is not about latency.</param>
public sealed record IncidentFigures(
    long Probes, long Bad, double Rate, double RateLow, double RateHigh, double Usual, double? P99Microseconds = null, double? UsualP99Microseconds = null);
