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
                return names.FindHost(subject.Name) is { } id ? new SubjectIds(null, new HashSet<int> { id }) : throw ScopeHosts.Unknown(subject, services());
        }
    }

    /// <summary>The hosts of a subject in the topology of the moment; null for everything.</summary>
    /// <exception cref="UnknownSubjectException">It is not in the topology.</exception>
    public IReadOnlyList<Host>? HostsOf(Subject subject) => ScopeHosts.Of(subject, services());

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

    private static bool IsScope(Topology topology, string path) => topology.Pods.Any(pod => ScopeHosts.IsAtOrBelow(pod.Path, path));
}
