using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>The rows of a heatmap, which are its columns too.</summary>
/// <param name="Names">Their names, in the topology's order.</param>
/// <param name="Places">Where stored names belong.</param>
/// <param name="Level">The level of windows that the cells come from.</param>
internal sealed record HeatmapAxis(IReadOnlyList<string> Names, NameOrdinals Places, WindowLevel Level)
{
    /// <summary>The axis of a query.</summary>
    /// <exception cref="QueryException">There are too many hosts.</exception>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    public static HeatmapAxis Of(HeatmapQuery query, SubjectHosts subjects, NameTable names)
    {
        var topology = subjects.Topology;
        var within = query.Scope is null ? null : subjects.HostsOf(query.Scope);
        if (query.Level == HeatmapLevel.Host) return OfHosts(within ?? topology.Hosts, names);

        var wanted = within?.Select(host => host.Pod).ToHashSet();
        var pods = topology.Pods.Where(pod => wanted is null || wanted.Contains(pod)).ToList();
        var scopes = pods.Select(pod => NameOf(pod, query.Level)).Distinct(StringComparer.Ordinal).ToList();
        var places = scopes.Select((name, place) => (name, place)).ToDictionary(one => one.name, one => one.place, StringComparer.Ordinal);
        return new HeatmapAxis(
            scopes,
            new NameOrdinals(names, scopes.Count, pods.Select(pod => (new Name(NameKind.Pod, pod.Path), places[NameOf(pod, query.Level)]))),
            WindowLevel.PodPair);
    }

    private static HeatmapAxis OfHosts(IReadOnlyList<Host> hosts, NameTable names)
    {
        if (hosts.Count > HeatmapReader.MostHosts)
            throw new QueryException($"a heatmap of hosts shows up to {HeatmapReader.MostHosts}, the scope has {hosts.Count}; name a pod, a podset or a service");
        return new HeatmapAxis(
            [.. hosts.Select(host => host.Name)],
            new NameOrdinals(names, hosts.Count, hosts.Select((host, place) => (new Name(NameKind.Host, host.Name), place))),
            WindowLevel.HostPair);
    }

    private static string NameOf(Pod pod, HeatmapLevel level) => level switch
    {
        HeatmapLevel.Dc => pod.Podset.Dc.Name,
        HeatmapLevel.Podset => pod.Podset.Path,
        _ => pod.Path,
    };
}
