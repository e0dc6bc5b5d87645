using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Analysis.Selections;

/// <summary>The hosts that a subject names in a topology.</summary>
public static class ScopeHosts
{
    private const int MostLookedAt = 10_000;

    /// <summary>The hosts; null for everything.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="services">Topology and services.</param>
    /// <exception cref="UnknownSubjectException">It is not in the topology.</exception>
    public static IReadOnlyList<Host>? Of(Subject subject, ServiceMap services)
    {
        if (subject.Kind == SubjectKind.All) return null;
        if (subject.Kind == SubjectKind.Service) return services.Find(subject.Name) ?? throw Unknown(subject, services);
        if (subject.Kind == SubjectKind.Hosts)
            return [.. subject.HostNames.Select(name => services.Topology.FindHost(name) ?? throw Unknown(subject with { Kind = SubjectKind.Scope, Name = name }, services))];
        if (services.Topology.FindHost(subject.Name) is { } host) return [host];
        var hosts = services.Topology.Pods.Where(pod => IsAtOrBelow(pod.Path, subject.Name)).SelectMany(pod => pod.Hosts).ToList();
        return hosts.Count > 0 ? hosts : throw Unknown(subject, services);
    }

    internal static bool IsAtOrBelow(string pod, string path) =>
        pod.StartsWith(path, StringComparison.Ordinal) && (pod.Length == path.Length || pod[path.Length] == '/');

    internal static UnknownSubjectException Unknown(Subject subject, ServiceMap services)
    {
        if (subject.Kind == SubjectKind.Service)
        {
            var known = services.Names;
            return new UnknownSubjectException(
                $"there is no service '{subject.Name}'; {(known.Count == 0 ? "none is named: give --services FILE or hosts a label 'service'" : $"services are {string.Join(", ", known.Take(20))}")}");
        }

        var topology = services.Topology;
        var nearest = NearestKey.Of(subject.Name, topology.Hosts.Take(MostLookedAt).Select(host => host.Name));
        var places = topology.Dcs.Select(dc => dc.Name).Concat(topology.Dcs.SelectMany(dc => dc.Podsets).Select(podset => podset.Path)).Take(10);
        return new UnknownSubjectException(
            $"'{subject.Name}' is neither in the topology nor was it ever measured; {(nearest is null ? "" : $"did you mean '{nearest}'? ")}there are for example {string.Join(", ", places)}");
    }
}
