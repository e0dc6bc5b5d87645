using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>Compares a scope before and during, beside a control group. Safe for any number of threads.</summary>
public sealed class ComparisonReader
{
    private readonly SelectionReader selections;
    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly Func<ServiceMap> services;

    internal ComparisonReader(SelectionReader selections, WindowReader windows, NameTable names, Func<ServiceMap> services)
    {
        this.selections = selections;
        this.windows = windows;
        this.names = names;
        this.services = services;
    }

    /// <summary>Compares.</summary>
    /// <param name="selection">What: a scope or a service, with the series that count; or a pair.</param>
    /// <param name="during">The time asked about.</param>
    /// <param name="before">The time to compare with; null for as long before, at least an hour and at most a day.</param>
    /// <param name="limits">From when on something counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A range has no length.</exception>
    /// <exception cref="UnknownSubjectException">There is no such scope.</exception>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<Comparison> ReadAsync(
        Selection selection, TimeRange during, TimeRange? before, TroubleLimits limits, CancellationToken cancellationToken = default)
    {
        during.Check();
        var window = selections.WindowSecondsOf(selection, during);
        during = selections.CoveredOf(selection, during.Widen(window));
        var earlier = before?.Widen(window) ?? Before(during);

        // Whole windows must not count for both.
        if (earlier.To > during.From) earlier = earlier with { To = during.From };
        earlier.Check();
        var to = selection.Target is null
            ? selection with { Side = SlaSide.Target }
            : selection with { Source = selection.Target, Target = selection.Source };
        var (fromBefore, fromDuring) = await ReadBothAsync(selection with { Side = SlaSide.Source }, earlier, during, cancellationToken);
        var (toBefore, toDuring) = await ReadBothAsync(to, earlier, during, cancellationToken);
        if (selection.Target is not null)
        {
            fromBefore.Total.Merge(toBefore.Total);
            fromDuring.Total.Merge(toDuring.Total);
        }

        var control = ControlPods(selection);
        return new Comparison
        {
            Of = selection.Text,
            During = fromDuring.Covered,
            Before = fromBefore.Covered,
            From = Change.Of(selection.Text, fromBefore.Total, fromDuring.Total, limits),
            To = selection.Target is null ? Change.Of(selection.Text, toBefore.Total, toDuring.Total, limits) : null,
            Control = await ReadControlAsync(control, selection, earlier, during, limits, cancellationToken),
            ControlPods = control,
        };
    }

    private static TimeRange Before(TimeRange during) =>
        new(during.From - Math.Clamp(during.Seconds, Core.Windows.HourSeconds, Core.Windows.DaySeconds), during.From);

    private async Task<(SelectedMeasurements Before, SelectedMeasurements During)> ReadBothAsync(
        Selection selection, TimeRange before, TimeRange during, CancellationToken cancellationToken) => (
        await selections.ReadAsync(selection, before, null, cancellationToken),
        await selections.ReadAsync(selection, during, null, cancellationToken));

    // Pods without a host of the scope: of the same data centers while there are any, else of all.
    private List<string> ControlPods(Selection selection)
    {
        var topology = services().Topology;
        var hosts = new[] { selection.Source, selection.Target }.OfType<Subject>().SelectMany(HostsOf).ToHashSet();
        var pods = hosts.Select(host => host.Pod).ToHashSet();
        var dcs = pods.Select(pod => pod.Podset.Dc).ToHashSet();
        var others = topology.Pods.Where(pod => !pods.Contains(pod)).ToList();
        var near = others.Where(pod => dcs.Contains(pod.Podset.Dc)).ToList();
        return [.. (near.Count > 0 ? near : others).Select(pod => pod.Path)];
    }

    // A scope that left the topology has no hosts in it now, and shares nothing with anyone.
    private IEnumerable<Host> HostsOf(Subject subject)
    {
        try
        {
            return selections.Subjects.HostsOf(subject) ?? services().Topology.Hosts;
        }
        catch (UnknownSubjectException)
        {
            return [];
        }
    }

    private async Task<Change?> ReadControlAsync(
        List<string> pods, Selection selection, TimeRange before, TimeRange during, TroubleLimits limits, CancellationToken cancellationToken)
    {
        if (pods.Count == 0) return null;
        var ids = pods.Select(path => names.TryGetId(new Name(NameKind.Pod, path), out var id) ? id : 0).Where(id => id != 0).ToHashSet();
        var (earlier, now) = (await ReadAsync(before), await ReadAsync(during));
        return earlier.Probes + now.Probes == 0 ? null : Change.Of("control", earlier, now, limits);

        async Task<Core.Measurements.Measurement> ReadAsync(TimeRange range)
        {
            var covered = windows.Locate(range).Covered;
            var query = new WindowQuery(WindowLevel.PodPair, covered.From, covered.To)
            {
                Rows = ids, Series = selection.Series, LongestSeconds = Core.Windows.DaySeconds, MayMergeTime = true,
            };
            return (await windows.ReadAsync(query, (_, cell) => ids.Contains(cell) ? 0UL : null, cancellationToken)).Of(0);
        }
    }
}
