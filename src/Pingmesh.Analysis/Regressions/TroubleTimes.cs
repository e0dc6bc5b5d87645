using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Selections;
using Pingmesh.Core;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Regressions;

/// <summary>When hosts were part of an incident, so that what was measured then is no baseline.</summary>
internal sealed class TroubleTimes
{
    // Symptoms come before they are found to have come.
    private const int EarlierSeconds = 300;

    private readonly Dictionary<int, List<(long From, long To)>> byHost = [];

    /// <summary>The times of incidents. What has lasted for longer than a day is usual from then on.</summary>
    public TroubleTimes(IEnumerable<Incident> incidents, ServiceMap services, NameTable names, long now)
    {
        foreach (var incident in incidents)
        {
            var onset = incident.Onset.ToUnixTimeSeconds();
            var time = (onset - EarlierSeconds, Math.Min(incident.Resolved?.ToUnixTimeSeconds() ?? now, onset + Windows.DaySeconds));
            foreach (var host in HostsOf(incident.Scope, services))
            {
                if (names.FindHost(host.Name) is not { } id) continue;
                if (!byHost.TryGetValue(id, out var times)) byHost[id] = times = [];
                times.Add(time);
            }
        }
    }

    /// <summary>Whether a window of a host, by its name id, is in such a time.</summary>
    public bool Holds(int host, long start, int lengthSeconds) =>
        byHost.TryGetValue(host, out var times) && times.Exists(time => start < time.To && start + lengthSeconds > time.From);

    /// <summary>The hosts of an incident's scope; none where the topology has no such scope any more.</summary>
    public static IReadOnlyList<Host> HostsOf(string scope, ServiceMap services) =>
        [.. scope.Split('~').SelectMany(end => HostsOfEnd(end, services))];

    private static IReadOnlyList<Host> HostsOfEnd(string scope, ServiceMap services)
    {
        try
        {
            return ScopeHosts.Of(Subject.Parse(scope), services) ?? services.Topology.Hosts;
        }
        catch (Exception error) when (error is UnknownSubjectException or FormatException)
        {
            return [];
        }
    }
}
