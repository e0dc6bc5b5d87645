using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core;
using Pingmesh.Store;

namespace Pingmesh.Analysis.HostPairs;

/// <summary>Tells what is known between hosts, from windows of 10 minutes. Safe for any number of threads.</summary>
public sealed class HostPairReader
{
    private readonly WindowReader windows;
    private readonly NameTable names;

    internal HostPairReader(WindowReader windows, NameTable names)
    {
        this.windows = windows;
        this.names = names;
    }

    /// <summary>The figures of the probes from one host to another.</summary>
    /// <param name="source">Name of the host that probed.</param>
    /// <param name="target">Name of the host that was probed, or its bare address when it is in no topology.</param>
    /// <param name="range">Over which time; widened to whole windows of 10 minutes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The figures; without probes when there were none.</returns>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<HostPairResult> ReadAsync(string source, string target, TimeRange range, CancellationToken cancellationToken = default)
    {
        range.Check();
        var covered = windows.Locate(range, WindowLevel.HostPair).Covered;
        await names.RefreshAsync(cancellationToken);
        var sums = new GroupedSums();
        if (names.FindHost(source) is { } row && names.FindHost(target) is { } wanted)
        {
            var query = new WindowQuery(WindowLevel.HostPair, covered.From, covered.To)
            {
                Rows = new HashSet<int> { row }, LongestSeconds = Windows.DaySeconds, MayMergeTime = true,
            };
            sums = await windows.ReadAsync(query, (_, cell) => cell == wanted ? 0UL : null, cancellationToken);
        }

        return new HostPairResult(covered, SlaFigures.Of(source, target, sums.Of(0)));
    }

    /// <summary>
    /// How many different pairs were measured. Host pairs are counted in whole windows of 10 minutes, pod pairs in
    /// those of 1 minute.
    /// </summary>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<PairCounts> CountAsync(TimeRange range, CancellationToken cancellationToken = default)
    {
        range.Check();
        var covered = windows.Locate(range, WindowLevel.HostPair).Covered;
        var hosts = await CountAsync(WindowLevel.HostPair, covered, cancellationToken);
        var pods = await CountAsync(WindowLevel.PodPair, windows.Locate(range).Covered, cancellationToken);
        return new PairCounts(covered, hosts, pods);
    }

    private async Task<int> CountAsync(WindowLevel level, TimeRange range, CancellationToken cancellationToken)
    {
        var pairs = new HashSet<ulong>();
        Grouping note = (row, cell) =>
        {
            pairs.Add(IdPair.Of(row.Row, cell));
            return null;
        };
        await windows.ReadAsync(new WindowQuery(level, range.From, range.To) { LongestSeconds = Windows.DaySeconds, MayMergeTime = true }, note, cancellationToken);
        return pairs.Count;
    }
}

/// <summary>What is known between two hosts.</summary>
/// <param name="Covered">The time really covered: whole windows of 10 minutes.</param>
/// <param name="Figures">The figures; scope and target are the hosts.</param>
public sealed record HostPairResult(TimeRange Covered, SlaFigures Figures);

/// <summary>How many different ordered pairs were measured.</summary>
/// <param name="Covered">The time covered for host pairs.</param>
/// <param name="HostPairs">Pairs of source host and target host or address.</param>
/// <param name="PodPairs">Pairs of pods, a pod with itself included.</param>
public sealed record PairCounts(TimeRange Covered, int HostPairs, int PodPairs);
