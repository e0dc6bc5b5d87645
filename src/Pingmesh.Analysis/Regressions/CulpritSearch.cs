using System.Runtime.InteropServices;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Regressions;

/// <summary>
/// Finds the smallest scopes that account for slow pairs. A slow host is an end of pairs all over the fleet, whose P99 it raises everywhere; so it is not asked who is
/// slow, but without whom nobody is: a scope explains a rise when leaving out all pairs with an end in it takes nine tenths of the rise away.
/// </summary>
internal sealed class CulpritSearch
{
    // So many scopes of one sort may be at fault at once.
    private const int MostCulprits = 3;

    // Of the rise, so much may be left: what is slow by chance stays.
    private const double Rest = 0.1;

    // With fewer pairs' RTTs left nothing can be said of the rest.
    private const int LeastRest = 100;

    private readonly List<(Host Source, Host Target, long Rtts, long Slow)> pairs = [];
    private readonly double usualShare;
    private readonly double share;

    /// <summary>A search among slow pairs.</summary>
    /// <param name="slow">The pairs.</param>
    /// <param name="table">Knows the hosts.</param>
    /// <param name="usualShare">Share of slow probes that is usual, 0 to 1.</param>
    public CulpritSearch(SlowPairs slow, Func<int, Host?> table, double usualShare)
    {
        this.usualShare = usualShare;
        foreach (var (pair, (rtts, late)) in slow.Pairs)
        {
            if (table(IdPair.First(pair)) is { } source && table(IdPair.Second(pair)) is { } target) pairs.Add((source, target, rtts, late));
        }

        share = ShareOf(pairs) ?? 0;
    }

    /// <summary>Host pairs with slow probes that have an end among some hosts, and the hosts at their ends.</summary>
    public (int Pairs, int Hosts) RadiusOf(IReadOnlySet<Host> hosts)
    {
        var touched = pairs.FindAll(pair => pair.Slow > 0 && (hosts.Contains(pair.Source) || hosts.Contains(pair.Target)));
        return (touched.Count, touched.SelectMany(pair => new[] { pair.Source, pair.Target }).Distinct().Count());
    }

    /// <summary>Whether nothing is left of the rise without some hosts.</summary>
    public bool IsExplainedBy(IReadOnlySet<Host> hosts) => hosts.Count > 0 && share > usualShare && IsBack(Without(pairs, hosts.Contains));

    /// <summary>The smallest scopes that explain the rise; none when nobody in particular does.</summary>
    /// <param name="services">Services that may be at fault.</param>
    /// <param name="explained">Hosts whose pairs have an explanation.</param>
    public IReadOnlyList<WatchedScope> Find(IReadOnlyList<WatchedScope> services, IReadOnlySet<Host> explained)
    {
        var left = Without(pairs, explained.Contains);
        var found = new List<IReadOnlyList<WatchedScope>>();
        Look(left, host => host, host => [WatchedScope.Of(host)], found);
        Look(left, host => host.Pod, pod => [WatchedScope.Of(pod)], found);
        Look(left, host => host.Pod.Podset, podset => [WatchedScope.Of(podset)], found);
        Look(left, host => host.Pod.Podset.Dc, dc => [WatchedScope.Of(dc)], found);
        foreach (var service in services)
        {
            var hosts = service.Hosts.ToHashSet();
            if (IsBack(Without(left, hosts.Contains))) found.Add([service]);
        }

        if (found.Count == 0) return LookBetweenDcs(left);

        // What all parts of a scope share is the scope's.
        return found.Select(Widen).OrderBy(scopes => scopes.Sum(scope => scope.Hosts.Count)).ThenBy(scopes => scopes.Count).First();
    }

    /// <summary>Scopes of which all parts are there become the scope that they are parts of.</summary>
    public static IReadOnlyList<WatchedScope> Widen(IReadOnlyList<WatchedScope> scopes)
    {
        var hosts = scopes.SelectMany(scope => scope.Hosts).ToHashSet();
        if (scopes.Any(scope => scope.Sort == ScopeSort.Service) || scopes.Count < 2) return scopes;
        var pods = hosts.Select(host => host.Pod).Distinct().Where(pod => pod.Hosts.All(hosts.Contains)).ToHashSet();
        var podsets = pods.Select(pod => pod.Podset).Distinct().Where(podset => podset.Pods.All(pods.Contains)).ToHashSet();
        var dcs = podsets.Select(podset => podset.Dc).Distinct().Where(dc => dc.Podsets.All(podsets.Contains)).ToHashSet();
        var wide = new Dictionary<string, WatchedScope>(StringComparer.Ordinal);
        foreach (var scope in scopes)
        {
            var first = scope.Hosts[0].Pod;
            var whole = dcs.Contains(first.Podset.Dc) && IsWorthWhile(scope, ScopeSort.Dc) ? WatchedScope.Of(first.Podset.Dc)
                : podsets.Contains(first.Podset) && IsWorthWhile(scope, ScopeSort.Podset) ? WatchedScope.Of(first.Podset)
                : pods.Contains(first) && IsWorthWhile(scope, ScopeSort.Pod) ? WatchedScope.Of(first)
                : scope;

            // A scope of one part is told by the part.
            wide.TryAdd(whole.Hosts.Count == scope.Hosts.Count ? scope.Name : whole.Name, whole.Hosts.Count == scope.Hosts.Count ? scope : whole);
        }

        return [.. wide.Values];
    }

    private static bool IsWorthWhile(WatchedScope part, ScopeSort whole) => part.Sort < whole;

    private static double? ShareOf(List<(Host Source, Host Target, long Rtts, long Slow)> some)
    {
        var rtts = some.Sum(pair => pair.Rtts);
        return rtts == 0 ? null : (double)some.Sum(pair => pair.Slow) / rtts;
    }

    private static List<(Host Source, Host Target, long Rtts, long Slow)> Without(List<(Host Source, Host Target, long Rtts, long Slow)> some, Func<Host, bool> isOut) =>
        some.FindAll(pair => !isOut(pair.Source) && !isOut(pair.Target));

    private bool IsBack(List<(Host Source, Host Target, long Rtts, long Slow)> rest) =>
        rest.Sum(pair => pair.Rtts) >= LeastRest && ShareOf(rest)!.Value - usualShare <= Rest * (share - usualShare);

    // The few parts of a sort without which the rise has gone, unless others would do as well: then it is between them.
    private void Look<TPart>(
        List<(Host Source, Host Target, long Rtts, long Slow)> left, Func<Host, TPart> partOf, Func<TPart, IEnumerable<WatchedScope>> scopeOf, List<IReadOnlyList<WatchedScope>> found)
        where TPart : class
    {
        var culprits = new List<TPart>();
        for (var round = 0; round < MostCulprits && left.Count > 0; round++)
        {
            var excess = new Dictionary<TPart, double>();
            foreach (var (source, target, rtts, slow) in left)
            {
                var its = slow - (usualShare * rtts);
                var (one, other) = (partOf(source), partOf(target));
                CollectionsMarshal.GetValueRefOrAddDefault(excess, one, out _) += its;
                if (!ReferenceEquals(one, other)) CollectionsMarshal.GetValueRefOrAddDefault(excess, other, out _) += its;
            }

            var worst = excess.OrderByDescending(part => part.Value).Take(2).ToList();
            if (worst[0].Value <= 0) return;
            if (worst.Count > 1 && IsBack(left.FindAll(pair => !IsOf(pair, worst[1].Key))) && IsBack(left.FindAll(pair => !IsOf(pair, worst[0].Key)))) return;
            culprits.Add(worst[0].Key);
            left = left.FindAll(pair => !IsOf(pair, worst[0].Key));
            if (left.Count == 0 ? culprits[0] is Dc : IsBack(left))
            {
                found.Add([.. culprits.SelectMany(scopeOf)]);
                return;
            }
        }

        bool IsOf((Host Source, Host Target, long Rtts, long Slow) pair, TPart part) => ReferenceEquals(partOf(pair.Source), part) || ReferenceEquals(partOf(pair.Target), part);
    }

    // Pairs across two data centers, without which the rise has gone.
    private IReadOnlyList<WatchedScope> LookBetweenDcs(List<(Host Source, Host Target, long Rtts, long Slow)> left)
    {
        var worst = left.Where(pair => pair.Source.Pod.Podset.Dc != pair.Target.Pod.Podset.Dc)
            .GroupBy(pair => Ends(pair.Source, pair.Target))
            .Select(group => (Ends: group.Key, Slow: group.Sum(pair => pair.Slow)))
            .OrderByDescending(one => one.Slow)
            .FirstOrDefault();
        if (worst.Slow == 0 || !IsBack(left.FindAll(pair => Ends(pair.Source, pair.Target) != worst.Ends))) return [];
        return [WatchedScope.Of(worst.Ends.One, worst.Ends.Other)];

        static (Dc One, Dc Other) Ends(Host source, Host target)
        {
            var (one, other) = (source.Pod.Podset.Dc, target.Pod.Podset.Dc);
            return string.CompareOrdinal(one.Name, other.Name) <= 0 ? (one, other) : (other, one);
        }
    }
}
