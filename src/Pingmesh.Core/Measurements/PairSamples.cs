using Pingmesh.Core.Probes;

namespace Pingmesh.Core.Measurements;

/// <summary>How many probes of one sort a pair of pods has.</summary>
/// <param name="Source">Ordinal of the probing pod in its topology.</param>
/// <param name="Target">Ordinal of the probed pod.</param>
/// <param name="Series">Kind, class and QoS of the probes.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Successes">Those that succeeded: what a drop rate is of.</param>
public readonly record struct PairSamples(int Source, int Target, SeriesKey Series, long Probes, long Successes);
