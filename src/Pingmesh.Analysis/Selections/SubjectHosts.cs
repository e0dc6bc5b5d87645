using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Selections;

/// <summary>
/// A subject as numbers: the pods whose rows it has, the hosts that are its cells. A scope is what it was when it was
/// measured, by the paths of pods; a service is the hosts that belong to it now.
/// </summary>
/// <param name="Pods">Name ids of the only pods; null for all.</param>
/// <param name="Hosts">Name ids of the only hosts; null for all of the pods.</param>
internal sealed record SubjectIds(IReadOnlySet<int>? Pods, IReadOnlySet<int>? Hosts);

/// <summary>Finds subjects, in the topology of the moment and among the names of the store.</summary>
internal sealed class SubjectHosts(NameTable names, Func<ServiceMap> services)
{
    /// <summary>The topology of the moment.</summary>
    public Topology Topology => services().Topology;

    /// <summary>The numbers of a subject.</summary>
    /// <exception cref="UnknownSubjectException">It is neither in the topology nor was it ever measured.</exception>
    public SubjectIds Find(Subject subject)
    {
        var topology = services().Topology;
        switch (subject.Kind)
        {
            case SubjectKind.All:
                return new SubjectIds(null, null);
            case SubjectKind.Service or SubjectKind.Hosts:
                return Of(HostsOf(subject)!);
            default:
                if (topology.FindHost(subject.Name) is { } host) return Of([host]);
                var pods = names.FindPods(subject.Name);
                if (pods.Count > 0 || IsScope(topology, subject.Name)) return new SubjectIds(pods, null);

                // A host that left the topology: its rows may be any pod's.
                return names.FindHost(subject.Name) is { } id ? new SubjectIds(null, new HashSet<int> { id }) : throw Unknown(subject, topology);
        }
    }

    /// <summary>The hosts of a subject in the topology of the moment; null for everything.</summary>
    /// <exception cref="UnknownSubjectException">It is not in the topology.</exception>
    public IReadOnlyList<Host>? HostsOf(Subject subject)
    {
        var map = services();
        if (subject.Kind == SubjectKind.All) return null;
        if (subject.Kind == SubjectKind.Service) return map.Find(subject.Name) ?? throw Unknown(subject, map.Topology);
        if (subject.Kind == SubjectKind.Hosts)
            return [.. subject.HostNames.Select(name => map.Topology.FindHost(name) ?? throw Unknown(subject with { Kind = SubjectKind.Scope, Name = name }, map.Topology))];
        if (map.Topology.FindHost(subject.Name) is { } host) return [host];
        var hosts = map.Topology.Pods.Where(pod => IsAtOrBelow(pod.Path, subject.Name)).SelectMany(pod => pod.Hosts).ToList();
        return hosts.Count > 0 ? hosts : throw Unknown(subject, map.Topology);
    }

    /// <summary>Name ids of the hosts of a subject, one that is no host included that was probed by its address; null for everything.</summary>
    /// <exception cref="UnknownSubjectException">It is neither in the topology nor was it ever measured.</exception>
    public IReadOnlySet<int>? HostIdsOf(Subject subject)
    {
        if (subject.Kind == SubjectKind.Scope && services().Topology.FindHost(subject.Name) is null && names.FindHost(subject.Name) is { } id) return new HashSet<int> { id };
        return HostsOf(subject) is { } hosts ? names.FindHosts(hosts.Select(host => host.Name)) : null;
    }

    private SubjectIds Of(IReadOnlyList<Host> hosts) => new(
        hosts.Select(host => host.Pod.Path).Distinct(StringComparer.Ordinal).SelectMany(names.FindPods).ToHashSet(),
        names.FindHosts(hosts.Select(host => host.Name)));

    private static bool IsScope(Topology topology, string path) => topology.Pods.Any(pod => IsAtOrBelow(pod.Path, path));

    private static bool IsAtOrBelow(string pod, string path) =>
        pod.StartsWith(path, StringComparison.Ordinal) && (pod.Length == path.Length || pod[path.Length] == '/');

    private UnknownSubjectException Unknown(Subject subject, Topology topology)
    {
        if (subject.Kind == SubjectKind.Service)
        {
            var known = services().Names;
            return new UnknownSubjectException(
                $"there is no service '{subject.Name}'; {(known.Count == 0 ? "none is named: give --services FILE or hosts a label 'service'" : $"services are {string.Join(", ", known.Take(20))}")}");
        }

        var places = topology.Dcs.Select(dc => dc.Name).Concat(topology.Dcs.SelectMany(dc => dc.Podsets).Select(podset => podset.Path)).Take(10);
        return new UnknownSubjectException($"'{subject.Name}' is neither in the topology nor was it ever measured; there are for example {string.Join(", ", places)}");
    }
}
