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
    private readonly Func<Topology> topology;

    internal SlaReader(WindowReader windows, NameTable names, Func<Topology> topology)
    {
        this.windows = windows;
        this.names = names;
        this.topology = topology;
    }

    /// <summary>The SLA that is asked for.</summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<SlaResult> ReadAsync(SlaQuery query, CancellationToken cancellationToken = default)
    {
        var coverage = windows.Locate(query.Range);
        var scopes = query.Level switch
        {
            SlaLevel.All => await ReadAllAsync(coverage, cancellationToken),
            SlaLevel.PodPair => await ReadPairsAsync(coverage, SlaLevel.Pod, query.Scope, cancellationToken),
            SlaLevel.PodsetPair => await ReadPairsAsync(coverage, SlaLevel.Podset, query.Scope, cancellationToken),
            SlaLevel.DcPair => await ReadPairsAsync(coverage, SlaLevel.Dc, query.Scope, cancellationToken),
            _ => await ReadScopesAsync(coverage, query, cancellationToken),
        };
        return new SlaResult(coverage.Covered, coverage.IsLive, scopes);
    }

    private async Task<List<SlaFigures>> ReadAllAsync(Coverage coverage, CancellationToken cancellationToken)
    {
        var sums = await windows.ReadAsync(coverage, WindowLevel.HostAsSource, (row, _) => (ulong)row.Series.Class, cancellationToken);
        var all = new Measurement();
        var classes = new List<SlaFigures>();
        foreach (var probeClass in Enum.GetValues<ProbeClass>())
        {
            var sum = sums.Of((ulong)probeClass);

            // Not every mesh probes targets outside of it.
            if (probeClass <= ProbeClass.InterDc || sum.Probes > 0) classes.Add(SlaFigures.Of(probeClass.Name(), null, sum));
            all.Merge(sum);
        }

        return [SlaFigures.Of("all", null, all), .. classes];
    }

    private async Task<List<SlaFigures>> ReadPairsAsync(Coverage coverage, SlaLevel of, string? source, CancellationToken cancellationToken)
    {
        var scopes = new ScopeIndex(names, of);
        foreach (var name in ScopesOf(topology(), of)) scopes.Add(name);
        Grouping pair = (row, cell) =>
            scopes.Find(row.Row, 0) is { } from && scopes.Find(cell, 0) is { } to && (source is null || scopes.Names[(int)from] == source)
                ? IdPair.Of((int)from, (int)to)
                : null;
        var sums = await windows.ReadAsync(coverage, WindowLevel.PodPair, pair, cancellationToken);

        // Those of the topology come first, in its order; what has left it follows by name.
        int Order(int index) => Math.Min(index, scopes.InTopology);
        return [.. sums.Groups.Select(group => (Source: IdPair.First(group.Key), Target: IdPair.Second(group.Key), Sum: group.Value))
            .OrderBy(one => Order(one.Source)).ThenBy(one => scopes.Names[one.Source], StringComparer.Ordinal)
            .ThenBy(one => Order(one.Target)).ThenBy(one => scopes.Names[one.Target], StringComparer.Ordinal)
            .Select(one => SlaFigures.Of(scopes.Names[one.Source], scopes.Names[one.Target], one.Sum))];
    }

    private async Task<List<SlaFigures>> ReadScopesAsync(Coverage coverage, SlaQuery query, CancellationToken cancellationToken)
    {
        var scopes = new ScopeIndex(names, query.Level);
        foreach (var name in ScopesOf(topology(), query.Level)) scopes.Add(name);
        var level = query.Side == SlaSide.Source ? WindowLevel.HostAsSource : WindowLevel.HostAsTarget;
        var sums = await windows.ReadAsync(coverage, level, (row, cell) => scopes.Find(row.Row, cell), cancellationToken);

        var inTopology = scopes.Names.Take(scopes.InTopology);
        var gone = scopes.Names.Skip(scopes.InTopology).Order(StringComparer.Ordinal);
        return [.. inTopology.Concat(gone)
            .Where(name => query.Scope is null || query.Scope == name)
            .Select(name => SlaFigures.Of(name, null, sums.Of(scopes.Add(name))))];
    }

    private static IEnumerable<string> ScopesOf(Topology topology, SlaLevel level) => level switch
    {
        SlaLevel.Dc => topology.Dcs.Select(dc => dc.Name),
        SlaLevel.Podset => topology.Dcs.SelectMany(dc => dc.Podsets).Select(podset => podset.Path),
        SlaLevel.Pod => topology.Pods.Select(pod => pod.Path),
        SlaLevel.Host => topology.Hosts.Select(host => host.Name),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "no level of scopes"),
    };
}
