using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;
using Pingmesh.Server.Observe;

namespace Pingmesh.Server.Alerts;

/// <summary>What alerts are made of.</summary>
/// <param name="Incidents">The incidents.</param>
/// <param name="Watchdogs">What Pingmesh knows of itself.</param>
/// <param name="Topology">The topology of the moment.</param>
/// <param name="IsAlive">Whether the analysis really runs; asked each second, so it must be quick.</param>
internal sealed record AlertInputs(IIncidentSource Incidents, Func<IReadOnlyList<WatchdogState>> Watchdogs, Func<Topology> Topology, Func<bool> IsAlive);
