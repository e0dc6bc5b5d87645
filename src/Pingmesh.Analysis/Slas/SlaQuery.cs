using Pingmesh.Analysis.Queries;

namespace Pingmesh.Analysis.Slas;

/// <summary>Which SLA to tell.</summary>
/// <param name="Level">Of what.</param>
/// <param name="Range">
/// Over which time; null for the live view, the last 10 to 20 s. Widened to whole windows: of 10 s in the last
/// minutes when shorter than a minute, else of 1 minute.
/// </param>
/// <param name="Side">As which end of the probes; pod pairs and the whole have no side.</param>
/// <param name="Scope">
/// Name of the only scope wanted: a host, <c>dc/podset/pod</c>, <c>dc/podset</c> or <c>dc</c>, of pod pairs the
/// source; null for all.
/// </param>
public sealed record SlaQuery(SlaLevel Level, TimeRange? Range = null, SlaSide Side = SlaSide.Source, string? Scope = null);
