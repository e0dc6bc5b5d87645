using System.Runtime.InteropServices;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Analysis.Queries;

/// <summary>Measurements merged by group. Not thread-safe.</summary>
/// <param name="grouping">The group of a cell.</param>
internal sealed class GroupedSums(Grouping grouping) : ICellSum<GroupedSums>
{
    private readonly Dictionary<ulong, Measurement> groups = [];

    /// <summary>Groups that are added by themselves.</summary>
    public GroupedSums()
        : this((_, _) => null)
    {
    }

    /// <summary>All groups.</summary>
    public IReadOnlyDictionary<ulong, Measurement> Groups => groups;

    /// <summary>The sum of a group; without probes where it has none.</summary>
    public Measurement Of(ulong group) => groups.GetValueOrDefault(group) ?? new Measurement();

    /// <inheritdoc/>
    public void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep)
    {
        if (grouping(row, cell) is { } group) Add(group, measurement, mayKeep);
    }

    /// <summary>Adds to a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="measurement">What to add.</param>
    /// <param name="mayKeep">Whether <paramref name="measurement"/> is this object's from now on.</param>
    public void Add(ulong group, Measurement measurement, bool mayKeep)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, group, out var exists);
        if (!exists && mayKeep) sum = measurement;
        else (sum ??= new Measurement()).Merge(measurement);
    }

    /// <inheritdoc/>
    public void Add(GroupedSums other)
    {
        foreach (var (group, sum) in other.groups) Add(group, sum, mayKeep: true);
    }
}
