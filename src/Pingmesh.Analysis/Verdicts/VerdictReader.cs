using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Noise;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>
/// Answers "is it the network?" for a scope and a time. Nothing wrong in the figures: not the network, if there are enough
/// probes to say so. Else: if all affected pairs are those of a few hosts, it is these hosts, and the network if not.
/// Safe for any number of threads.
/// </summary>
public sealed class VerdictReader
{
    // Pairs are counted in memory: of a larger scope, those of this many hosts, evenly chosen.
    private const int MostHosts = 400;

    // A fault of more than a tenth of the hosts has a cause that they share.
    private const int HostsPerCulprit = 10;

    private readonly ComparisonReader comparisons;
    private readonly WindowReader windows;
    private readonly SubjectHosts subjects;
    private readonly SlaReader slas;
    private readonly HostNoiseReader noise;
    private readonly NameTable names;

    internal VerdictReader(ComparisonReader comparisons, WindowReader windows, SubjectHosts subjects, SlaReader slas, HostNoiseReader noise, NameTable names)
    {
        this.comparisons = comparisons;
        this.windows = windows;
        this.subjects = subjects;
        this.slas = slas;
        this.noise = noise;
        this.names = names;
    }

    /// <summary>The verdict.</summary>
    /// <param name="selection">A scope, a service, or a pair, and the series that count.</param>
    /// <param name="during">The time asked about.</param>
    /// <param name="limits">From when on something counts as trouble.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Verdict> ReadAsync(Selection selection, TimeRange during, TroubleLimits limits, CancellationToken cancellationToken = default)
    {
        var comparison = await comparisons.ReadAsync(selection, during, null, limits, cancellationToken);
        if (!comparison.IsBad)
        {
            var answer = comparison.From.IsEnough ? VerdictAnswer.NotTheNetwork : VerdictAnswer.NotEnoughData;
            return new Verdict(answer, VerdictWords.Of(answer, comparison, null, []), comparison, null, []);
        }

        var (pairs, culprits) = await FindCulpritsAsync(selection, comparison, cancellationToken);
        var suspects = new List<SuspectHost>();
        foreach (var host in culprits ?? []) suspects.Add(await DescribeAsync(host, comparison.During, cancellationToken));
        var blamed = suspects.Count > 0 ? VerdictAnswer.Host : VerdictAnswer.Network;
        return new Verdict(blamed, VerdictWords.Of(blamed, comparison, pairs, suspects), comparison, pairs, suspects);
    }

    private async Task<(AffectedPairs Pairs, IReadOnlyList<int>? Culprits)> FindCulpritsAsync(Selection selection, Comparison comparison, CancellationToken cancellationToken)
    {
        var ends = new[] { selection.Source, selection.Target }.OfType<Subject>().Select(subjects.HostIdsOf).ToList();
        var all = ends.Contains(null) ? names.FindHosts(subjects.Topology.Hosts.Select(host => host.Name)) : ends.SelectMany(ids => ids!).ToHashSet();
        var hosts = all.Count <= MostHosts ? all : [.. all.Order().Where((_, index) => index * (long)MostHosts / all.Count != (index - 1) * (long)MostHosts / all.Count)];
        var slow = Math.Min(comparison.From.SlowNanoseconds, comparison.To?.SlowNanoseconds ?? long.MaxValue);
        var covered = windows.Locate(comparison.During, WindowLevel.HostPair).Covered;
        var query = new WindowQuery(WindowLevel.HostPair, covered.From, covered.To)
        {
            Series = selection.Series, LongestSeconds = Core.Windows.DaySeconds, MayMergeTime = true,
        };
        var tally = await windows.ReadAsync(query, () => new PairTally(hosts, slow), cancellationToken);
        return (new AffectedPairs(tally.Count, tally.AffectedCount, hosts.Count, all.Count), tally.FindCulprits(Math.Max(1, hosts.Count / HostsPerCulprit)));
    }

    private async Task<SuspectHost> DescribeAsync(int id, TimeRange during, CancellationToken cancellationToken)
    {
        var host = names.FindText(id) ?? "";
        var figures = (await slas.ReadAsync(new SlaQuery(SlaLevel.Host, during, Scope: host), cancellationToken)).Scopes;
        return new SuspectHost(
            host, figures.Count > 0 ? figures[0] : SlaFigures.Of(host, null, new Core.Measurements.Measurement()), await noise.ReadAsync(host, during, cancellationToken));
    }
}
