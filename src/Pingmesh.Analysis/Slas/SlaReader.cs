using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Slas;

/// <summary>Tells the SLA of scopes. Safe for any number of threads.</summary>
public sealed class SlaReader
{
    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly Func<ServiceMap> services;

    internal SlaReader(WindowReader windows, NameTable names, Func<ServiceMap> services)
    {
        this.windows = windows;
        this.names = names;
        this.services = services;
    }

    /// <summary>The SLA that is asked for.</summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<SlaResult> ReadAsync(SlaQuery query, CancellationToken cancellationToken = default)
    {
        var coverage = windows.Locate(query.Range);
        var scopes = query.Level switch
        {
            SlaLevel.All => await ReadAllAsync(coverage, query, cancellationToken),
            SlaLevel.Service => await ReadServicesAsync(coverage, query, cancellationToken),
            SlaLevel.PodPair => await ReadPairsAsync(coverage, SlaLevel.Pod, query, cancellationToken),
            SlaLevel.PodsetPair => await ReadPairsAsync(coverage, SlaLevel.Podset, query, cancellationToken),
            SlaLevel.DcPair => await ReadPairsAsync(coverage, SlaLevel.Dc, query, cancellationToken),
            _ => await ReadScopesAsync(coverage, query, cancellationToken),
        };
        return new SlaResult(coverage.Covered, coverage.IsLive, coverage.IsComplete, scopes);
    }

    private async Task<List<SlaFigures>> ReadAllAsync(Coverage coverage, SlaQuery query, CancellationToken cancellationToken)
    {
        var sums = await windows.ReadAsync(
            coverage, WindowLevel.HostAsSource, (row, _) => ScopeGroup.Of(query.BySeries ? row.Series : null, (ulong)row.Series.Class), cancellationToken, query.Series);
        var all = new Measurement();
        foreach (var (_, sum) in sums.Groups) all.Merge(sum);
        var figures = new List<SlaFigures> { SlaFigures.Of("all", null, all) };
        foreach (var probeClass in Enum.GetValues<ProbeClass>())
        {
            var its = sums.Groups.Where(group => ScopeGroup.Scope(group.Key) == (int)probeClass).ToList();

            // Not every mesh probes targets outside of it.
            if (its.Count == 0 && probeClass <= ProbeClass.InterDc) figures.Add(SlaFigures.Of(probeClass.Name(), null, new Measurement()));
            else figures.AddRange(its.OrderBy(group => group.Key).Select(group => FiguresOf(probeClass.Name(), null, group)));
        }

        return query.Scope is null ? figures : [.. figures.Where(one => one.Scope == query.Scope)];
    }

    private async Task<List<SlaFigures>> ReadPairsAsync(Coverage coverage, SlaLevel of, SlaQuery query, CancellationToken cancellationToken)
    {
        var scopes = new ScopeIndex(names, of);
        foreach (var name in ScopesOf(services().Topology, of)) scopes.Add(name);
        Grouping pair = (row, cell) =>
            scopes.Find(row.Row, 0) is { } from && scopes.Find(cell, 0) is { } to && (query.Scope is null || scopes.Names[(int)from] == query.Scope)
                ? ScopeGroup.Of(query.BySeries ? row.Series : null, from, to)
                : null;
        var sums = await windows.ReadAsync(coverage, WindowLevel.PodPair, pair, cancellationToken, query.Series);

        // Those of the topology come first, in its order; what has left it follows by name.
        int Order(int index) => Math.Min(index, scopes.InTopology);
        return [.. sums.Groups.Select(group => (Source: ScopeGroup.Scope(group.Key), Target: ScopeGroup.Target(group.Key), Group: group))
            .OrderBy(one => Order(one.Source)).ThenBy(one => scopes.Names[one.Source], StringComparer.Ordinal)
            .ThenBy(one => Order(one.Target)).ThenBy(one => scopes.Names[one.Target], StringComparer.Ordinal)
            .ThenBy(one => one.Group.Key)
            .Select(one => FiguresOf(scopes.Names[one.Source], scopes.Names[one.Target], one.Group))];
    }

    private async Task<List<SlaFigures>> ReadScopesAsync(Coverage coverage, SlaQuery query, CancellationToken cancellationToken)
    {
        var scopes = new ScopeIndex(names, query.Level);
        foreach (var name in ScopesOf(services().Topology, query.Level)) scopes.Add(name);
        var sums = await ReadHostsAsync(coverage, query, scopes, cancellationToken);
        var inTopology = scopes.Names.Take(scopes.InTopology);
        var gone = scopes.Names.Skip(scopes.InTopology).Order(StringComparer.Ordinal);
        var groups = sums.Groups.ToLookup(group => ScopeGroup.Scope(group.Key));
        return [.. inTopology.Concat(gone).Where(name => query.Scope is null || query.Scope == name).SelectMany(name => FiguresOf(name, groups[(int)scopes.Add(name)], query.Bounds))];
    }

    // A host may belong to many services, a cell to one group: merged by host first.
    private async Task<List<SlaFigures>> ReadServicesAsync(Coverage coverage, SlaQuery query, CancellationToken cancellationToken)
    {
        var map = services();
        var hosts = new ScopeIndex(names, SlaLevel.Host);
        var byHost = (await ReadHostsAsync(coverage, query, hosts, cancellationToken)).Groups.ToLookup(group => ScopeGroup.Scope(group.Key));
        var figures = new List<SlaFigures>();
        foreach (var (service, index) in map.Names.Select((name, index) => (name, (ulong)index)))
        {
            if (query.Scope is not null && query.Scope != service) continue;
            var sums = new GroupedSums();
            foreach (var (group, sum) in map.Find(service)!.SelectMany(host => byHost[(int)hosts.Add(host.Name)]))
                sums.Add(ScopeGroup.Of(ScopeGroup.Series(group), index), sum, mayKeep: false);
            figures.AddRange(FiguresOf(service, sums.Groups, query.Bounds));
        }

        return figures;
    }

    private Task<GroupedSums> ReadHostsAsync(Coverage coverage, SlaQuery query, ScopeIndex scopes, CancellationToken cancellationToken)
    {
        var level = query.Side == SlaSide.Source ? WindowLevel.HostAsSource : WindowLevel.HostAsTarget;
        Grouping byScope = (row, cell) => scopes.Find(row.Row, cell) is { } scope ? ScopeGroup.Of(query.BySeries ? row.Series : null, scope) : null;
        return windows.ReadAsync(coverage, level, byScope, cancellationToken, query.Series);
    }

    private static IEnumerable<SlaFigures> FiguresOf(string name, IEnumerable<KeyValuePair<ulong, Measurement>> groups, bool bounds)
    {
        var its = groups.OrderBy(group => group.Key).ToList();
        return its.Count == 0 ? [SlaFigures.Of(name, null, new Measurement())] : its.Select(group => bounds ? FiguresOf(name, null, group).WithBounds(group.Value) : FiguresOf(name, null, group));
    }

    private static SlaFigures FiguresOf(string scope, string? target, KeyValuePair<ulong, Measurement> group) =>
        SlaFigures.Of(scope, target, group.Value) with { Series = ScopeGroup.Series(group.Key) };

    private static IEnumerable<string> ScopesOf(Topology topology, SlaLevel level) => level switch
    {
        SlaLevel.Dc => topology.Dcs.Select(dc => dc.Name),
        SlaLevel.Podset => topology.Dcs.SelectMany(dc => dc.Podsets).Select(podset => podset.Path),
        SlaLevel.Pod => topology.Pods.Select(pod => pod.Path),
        SlaLevel.Host => topology.Hosts.Select(host => host.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "no level of scopes"),
    };
}
