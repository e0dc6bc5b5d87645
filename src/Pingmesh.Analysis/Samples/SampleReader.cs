using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Samples;

/// <summary>Counts the probes of every pair of pods. Safe for any number of threads.</summary>
public sealed class SampleReader
{
    // A group's number: series, source and target beside each other.
    private const int OrdinalBits = 20;
    private const ulong OrdinalMask = (1UL << OrdinalBits) - 1;

    private readonly WindowReader windows;
    private readonly NameTable names;

    internal SampleReader(WindowReader windows, NameTable names)
    {
        this.windows = windows;
        this.names = names;
    }

    /// <summary>The samples of a range, or of the live view when it is null; see <see cref="Slas.SlaQuery"/> about ranges.</summary>
    /// <param name="topology">The topology whose pods are meant; at most a million of them.</param>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The time really covered, and the samples of each pair and series that has any, in no particular order.</returns>
    /// <exception cref="ArgumentException">The range has no length.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<(TimeRange Covered, bool IsLive, IReadOnlyList<PairSamples> Samples)> ReadAsync(
        Topology topology, TimeRange? range = null, CancellationToken cancellationToken = default)
    {
        await names.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var coverage = windows.Locate(range);
        var ordinals = NameOrdinals.OfPods(names, topology);
        var sums = await windows.ReadAsync(
            coverage,
            WindowLevel.PodPair,
            (row, cell) => ordinals.Find(row.Row) is >= 0 and var source && ordinals.Find(cell) is >= 0 and var target
                ? ((ulong)row.Series.Code << (2 * OrdinalBits)) | ((ulong)source << OrdinalBits) | (uint)target
                : null,
            cancellationToken).ConfigureAwait(false);
        return (coverage.Covered, coverage.IsLive, [.. sums.Groups.Select(group => Of(group.Key, group.Value))]);
    }

    private static PairSamples Of(ulong group, Measurement sum) => new(
        (int)((group >> OrdinalBits) & OrdinalMask), (int)(group & OrdinalMask),
        SeriesKey.FromCode((int)(group >> (2 * OrdinalBits))), sum.Probes, sum.Probes - sum.Failures);
}
