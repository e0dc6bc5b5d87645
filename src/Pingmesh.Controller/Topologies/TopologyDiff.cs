using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Topologies;

/// <summary>What hosts a new topology adds, removes, moves and changes. Hosts are known by their names.</summary>
/// <param name="Added">Hosts only the new one has, in its order.</param>
/// <param name="Removed">Hosts only the old one has, in its order.</param>
/// <param name="Moved">Hosts that are in another pod than before, as they are now.</param>
/// <param name="Changed">Hosts in the same pod with other addresses or labels, as they are now.</param>
public sealed record TopologyDiff(
    IReadOnlyList<Host> Added, IReadOnlyList<Host> Removed, IReadOnlyList<Host> Moved, IReadOnlyList<Host> Changed)
{
    /// <summary>Compares two topologies.</summary>
    public static TopologyDiff Between(Topology before, Topology after)
    {
        List<Host> added = [], moved = [], changed = [];
        foreach (var host in after.Hosts)
        {
            if (before.FindHost(host.Name) is not { } old) added.Add(host);
            else if (old.Pod.Path != host.Pod.Path) moved.Add(host);
            else if (!old.Addresses.SequenceEqual(host.Addresses) || !SameLabels(old.Labels, host.Labels)) changed.Add(host);
        }

        return new TopologyDiff(added, [.. before.Hosts.Where(host => after.FindHost(host.Name) is null)], moved, changed);
    }

    private static bool SameLabels(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(label => b.TryGetValue(label.Key, out var value) && value == label.Value);
}
