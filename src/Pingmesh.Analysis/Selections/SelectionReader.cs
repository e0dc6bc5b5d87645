using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Selections;

/// <summary>The probes of a selection, merged by spans of time.</summary>
/// <param name="Covered">The time really covered.</param>
/// <param name="IsComplete">Whether no measurement of that time can come any more.</param>
/// <param name="Total">All of it.</param>
/// <param name="Steps">The same by start of a step, Unix seconds; steps without probes are left out. Empty without steps.</param>
public sealed record SelectedMeasurements(TimeRange Covered, bool IsComplete, Measurement Total, IReadOnlyList<KeyValuePair<long, Measurement>> Steps);

/// <summary>Reads what was measured of selections. Safe for any number of threads.</summary>
internal sealed class SelectionReader(WindowReader windows, NameTable names, SubjectHosts subjects)
{
    /// <summary>Who is meant.</summary>
    public SubjectHosts Subjects => subjects;

    /// <summary>Reads a selection over a range.</summary>
    /// <param name="selection">The selection.</param>
    /// <param name="range">The range; widened to whole windows, and steps.</param>
    /// <param name="stepSeconds">Length of a step, a multiple of the level's windows; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    public async Task<SelectedMeasurements> ReadAsync(Selection selection, TimeRange range, int? stepSeconds, CancellationToken cancellationToken)
    {
        await names.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var (level, rows, cells) = Resolve(selection);
        var coverage = windows.Locate(range, level);
        var covered = stepSeconds is { } length ? coverage.Covered.Widen(length) : coverage.Covered;
        Grouping bySteps = stepSeconds is { } step
            ? (row, cell) => cells is null || cells.Contains(cell) ? (ulong)Windows.StartOf(row.Start, step) : null
            : (_, cell) => cells is null || cells.Contains(cell) ? 0UL : null;
        GroupedSums sums;
        if (coverage.IsLive && stepSeconds is null)
        {
            sums = await windows.ReadAsync(coverage, level, (row, cell) => rows is null || rows.Contains(row.Row) ? bySteps(row, cell) : null, cancellationToken, selection.Series).ConfigureAwait(false);
        }
        else
        {
            var query = new WindowQuery(level, covered.From, covered.To)
            {
                Rows = rows,
                Series = selection.Series,
                LongestSeconds = stepSeconds is { } limit ? LongestWithin(level, limit) : Windows.DaySeconds,
                MayMergeTime = stepSeconds is null,
            };
            sums = await windows.ReadAsync(query, bySteps, cancellationToken).ConfigureAwait(false);
        }

        var total = new Measurement();
        foreach (var (_, sum) in sums.Groups) total.Merge(sum);
        var steps = stepSeconds is null ? [] : sums.Groups.Select(group => KeyValuePair.Create((long)group.Key, group.Value)).OrderBy(group => group.Key).ToList();
        return new SelectedMeasurements(covered, coverage.IsComplete, total, steps);
    }

    /// <summary>The time that a reading of a range will cover: whole windows.</summary>
    public TimeRange CoveredOf(Selection selection, TimeRange range) => windows.Locate(range, Resolve(selection).Level).Covered;

    /// <summary>Length of the shortest windows that are kept of a range: steps are multiples of it.</summary>
    public int WindowSecondsOf(Selection selection, TimeRange range) => windows.ShortestKeptSeconds(Resolve(selection).Level, range);

    private (WindowLevel Level, IReadOnlySet<int>? Rows, IReadOnlySet<int>? Cells) Resolve(Selection selection)
    {
        if (selection.Target is null)
        {
            var (pods, hosts) = subjects.Find(selection.Source);
            return (selection.Side == SlaSide.Source ? WindowLevel.HostAsSource : WindowLevel.HostAsTarget, pods, hosts);
        }

        return IsOfHosts(selection, subjects)
            ? (WindowLevel.HostPair, subjects.HostIdsOf(selection.Source), subjects.HostIdsOf(selection.Target))
            : (WindowLevel.PodPair, subjects.Find(selection.Source).Pods, subjects.Find(selection.Target).Pods);
    }

    // A pair with a host, a service or a bare address at an end is not made of whole pods.
    private static bool IsOfHosts(Selection selection, SubjectHosts subjects) =>
        selection.Target is not null && (subjects.Find(selection.Source).Hosts is not null || subjects.Find(selection.Target).Hosts is not null);

    private static int LongestWithin(WindowLevel level, int step)
    {
        var longest = level;
        while (longest.Above() is { } above && step % above.LengthSeconds() == 0) longest = above;
        return longest.LengthSeconds();
    }
}
