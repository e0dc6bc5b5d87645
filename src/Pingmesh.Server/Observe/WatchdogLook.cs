using Pingmesh.Analysis;
using Pingmesh.Controller.Agents;
using Pingmesh.Controller.Pinglists;
using Pingmesh.Core.Probes;

namespace Pingmesh.Server.Observe;

/// <summary>
/// Gathers what watchdogs judge by. Of several collectors each expects the uploads of its own hosts; which of them an agent asks
/// for its pinglist is the load balancer's choice, so a host's upload says that it has one.
/// </summary>
internal sealed class WatchdogLook(MeshInForce mesh, PinglistService pinglists, AgentRegistry agents, Collector collector, Collectors? collectors, Func<bool> isSlaLate, TimeProvider time)
{
    private int turn;

    /// <summary>What there is to see now.</summary>
    public WatchdogSight Look()
    {
        var since = time.GetUtcNow() - Watchdogs.Span;
        var now = mesh.Current;
        var expected = now.Topology.Hosts.Where(host => !now.Paused.Any(scope => scope.Holds(host)) && (collectors is null || collectors.OwnerOf(host.Name) == collectors.Self))
            .Select(host => host.Name).ToHashSet(StringComparer.Ordinal);
        var seen = agents.Snapshot().Where(agent => expected.Contains(agent.Host)).ToList();
        var counts = collector.Counts();
        return new WatchdogSight(
            expected.Count,
            seen.Count(agent => agent.PinglistFetched >= since || (collectors is not null && agent.Uploaded >= since)),
            seen.Count(agent => agent.Uploaded >= since),
            seen.Count(agent => agent.Noise.HasFlag(HostNoise.OverBudget) && agent.NoisyAt >= since.ToUnixTimeSeconds()),
            PinglistProblem(expected),
            counts.Flushes,
            counts.PendingBytes,
            collector.Ingest.IsRunning,
            isSlaLate());
    }

    // A real list of another host each time: that the mesh is there does not say that lists can be made of it.
    private string? PinglistProblem(HashSet<string> expected)
    {
        if (mesh.IsBehind) return "the newest mesh exceeds the fleet's ceiling, and an older one is in force";
        if (expected.Count == 0) return null;
        var host = expected.ElementAt(turn++ % expected.Count);
        try
        {
            return pinglists.Find(host) is null ? $"no pinglist could be made for {host}" : null;
        }
        catch (InvalidOperationException error)
        {
            return $"no pinglist could be made for {host}: {error.Message}";
        }
    }
}
