using Pingmesh.Analysis.Queries;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Slas;

/// <summary>Which SLA to tell.</summary>
/// <param name="Level">Of what.</param>
/// <param name="Range">
/// Over which time; null for the live view, the last 10 to 20 s. Widened to whole windows: of 10 s in the last
/// minutes when shorter than a minute, else of 1 minute, or of an hour or a day where shorter ones are not kept any more.
/// </param>
/// <param name="Side">As which end of the probes; pod pairs and the whole have no side.</param>
/// <param name="Scope">
/// Name of the only scope wanted: a host, <c>dc/podset/pod</c>, <c>dc/podset</c> or <c>dc</c>, of pod pairs the
/// source; null for all.
/// </param>
/// <param name="Series">The only series that count.</param>
/// <param name="BySeries">Whether each kind, class and QoS stands by itself.</param>
/// <param name="Bounds">Whether data centers, podsets, pods, hosts and services come with <see cref="SlaFigures.P99LowMicroseconds"/>.</param>
public sealed record SlaQuery(
    SlaLevel Level, TimeRange? Range = null, SlaSide Side = SlaSide.Source, string? Scope = null, SeriesFilter Series = default, bool BySeries = false,
    bool Bounds = false);
