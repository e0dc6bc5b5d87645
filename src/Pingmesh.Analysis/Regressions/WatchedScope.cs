using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Regressions;

/// <summary>What a scope is.</summary>
internal enum ScopeSort
{
    Host,
    Pod,
    Podset,
    Dc,
    DcPair,
    Service,
}

/// <summary>A scope whose latency is looked at: that of the probes that its hosts send.</summary>
/// <param name="Sort">What it is.</param>
/// <param name="Name">Its name as incidents have it: <c>dc1/ps2</c>, a host's name, <c>dc1~dc2</c> or <c>service:search</c>.</param>
/// <param name="Hosts">Its hosts.</param>
internal sealed record WatchedScope(ScopeSort Sort, string Name, IReadOnlyList<Host> Hosts)
{
    /// <summary>The tier of switches that it hangs on.</summary>
    public string Tier => Sort switch
    {
        ScopeSort.Host => "host",
        ScopeSort.Pod => "tor",
        ScopeSort.Podset => "leaf",
        ScopeSort.Dc => "spine",
        ScopeSort.DcPair => "border",
        _ => "unknown",
    };

    /// <summary>What it is, in words.</summary>
    public string Words => Sort switch
    {
        ScopeSort.Host => $"at host {Name}",
        ScopeSort.Pod => $"in pod {Name}",
        ScopeSort.Podset => $"in podset {Name}",
        ScopeSort.Dc => $"in data center {Name}",
        ScopeSort.DcPair => $"between data centers {Name.Replace("~", " and ", StringComparison.Ordinal)}",
        _ => $"of service {Name[Name.IndexOf(':', StringComparison.Ordinal)..].TrimStart(':')}",
    };

    public static WatchedScope Of(Host host) => new(ScopeSort.Host, host.Name, [host]);

    public static WatchedScope Of(Pod pod) => new(ScopeSort.Pod, pod.Path, pod.Hosts);

    public static WatchedScope Of(Podset podset) => new(ScopeSort.Podset, podset.Path, [.. podset.Pods.SelectMany(pod => pod.Hosts)]);

    public static WatchedScope Of(Dc dc) => new(ScopeSort.Dc, dc.Name, HostsOf(dc));

    public static WatchedScope Of(Dc one, Dc other) => new(ScopeSort.DcPair, $"{one.Name}~{other.Name}", [.. HostsOf(one), .. HostsOf(other)]);

    /// <summary>Data centers, podsets, pods and services, the largest first, at most <paramref name="most"/>.</summary>
    public static IReadOnlyList<WatchedScope> AllOf(ServiceMap services, int most)
    {
        var topology = services.Topology;
        return
        [
            .. topology.Dcs.Select(Of)
                .Concat(topology.Dcs.SelectMany(dc => dc.Podsets).Select(Of))
                .Concat(topology.Pods.Select(Of))
                .Concat(services.Names.Select(name => new WatchedScope(ScopeSort.Service, $"service:{name}", services.Find(name)!)))
                .Where(scope => scope.Hosts.Count > 0)
                .OrderByDescending(scope => scope.Hosts.Count)
                .Take(most),
        ];
    }

    private static List<Host> HostsOf(Dc dc) => [.. dc.Podsets.SelectMany(podset => podset.Pods).SelectMany(pod => pod.Hosts)];
}
