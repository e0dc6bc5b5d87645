using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Server.Alerts.Thresholds;

/// <summary>Reads what thresholds are compared with: the SLA of data centers and services, as the source of probes.</summary>
internal static class ThresholdLook
{
    /// <summary>The readings of a time.</summary>
    /// <param name="slas">Tells SLAs.</param>
    /// <param name="services">The services of the moment.</param>
    /// <param name="range">Over which time.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyList<ThresholdReading>> ReadAsync(SlaReader slas, ServiceMap services, TimeRange range, CancellationToken cancel)
    {
        var dcs = await slas.ReadAsync(new SlaQuery(SlaLevel.Dc, range, Bounds: true), cancel).ConfigureAwait(false);
        var readings = dcs.Scopes.Select(dc => ThresholdReading.Of(dc.Scope, dc)).ToList();
        if (services.Names.Count == 0) return readings;
        var its = await slas.ReadAsync(new SlaQuery(SlaLevel.Service, range, Bounds: true), cancel).ConfigureAwait(false);
        readings.AddRange(its.Scopes.Select(service => ThresholdReading.Of(AlertScope.Service + service.Scope, service)));
        return readings;
    }
}
