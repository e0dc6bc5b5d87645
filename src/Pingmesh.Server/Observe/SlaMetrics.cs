using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Exposition;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Api;

namespace Pingmesh.Server.Observe;

/// <summary>
/// The SLA of scopes as metrics, down to the level that a limit of series allows: a fleet of a hundred thousand hosts must
/// not drown who scrapes it.
/// </summary>
/// <param name="Slas">The scopes of each level.</param>
/// <param name="Omitted">Scopes of levels that did not fit.</param>
internal sealed record SlaMetrics(IReadOnlyList<(string Level, IReadOnlyList<SlaScopeResponse> Scopes)> Slas, int Omitted)
{
    /// <summary>Reads the levels that fit, the widest first.</summary>
    /// <param name="slas">Tells SLAs.</param>
    /// <param name="services">The services of the moment, and their topology.</param>
    /// <param name="limit">Most scopes.</param>
    /// <param name="range">Over which time.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<SlaMetrics> ReadAsync(SlaReader slas, ServiceMap services, int limit, TimeRange range, CancellationToken cancel)
    {
        var topology = services.Topology;
        var read = new List<(string, IReadOnlyList<SlaScopeResponse>)>();
        var (left, omitted) = (limit, 0);
        foreach (var (level, name, count) in new[]
        {
            (SlaLevel.All, "all", 4), (SlaLevel.Dc, "dc", topology.Dcs.Count), (SlaLevel.Service, "service", services.Names.Count),
            (SlaLevel.Podset, "podset", topology.Dcs.Sum(dc => dc.Podsets.Count)), (SlaLevel.Pod, "pod", topology.Pods.Count), (SlaLevel.Host, "host", topology.Hosts.Count),
        })
        {
            if (count > left)
            {
                omitted += count;
                continue;
            }

            left -= count;
            var result = await slas.ReadAsync(new SlaQuery(level, range), cancel).ConfigureAwait(false);
            read.Add((name, [.. result.Scopes.Select(SlaScopeResponse.Of)]));
        }

        return new SlaMetrics(read, omitted);
    }

    /// <summary>Adds the metrics.</summary>
    public void Write(PrometheusText text)
    {
        SlaTable.Write(text, Slas);
        text.Gauge("pingmesh_sla_scopes_omitted", "Scopes whose SLA is not among the metrics, because their level exceeds the limit of scopes.").Value(Omitted);
    }
}
