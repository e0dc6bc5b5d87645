using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Naming;

/// <summary>Places of names on an axis, by name id; several names may share a place.</summary>
internal sealed class NameOrdinals
{
    private readonly Dictionary<int, int> ordinals = [];

    /// <summary>Looks up names.</summary>
    /// <param name="names">The names of the store.</param>
    /// <param name="count">How many places there are.</param>
    /// <param name="places">Each name with its place.</param>
    public NameOrdinals(NameTable names, int count, IEnumerable<(Name Name, int Place)> places)
    {
        Count = count;
        foreach (var (name, place) in places)
        {
            if (names.TryGetId(name, out var id)) ordinals[id] = place;
        }
    }

    /// <summary>How many places there are.</summary>
    public int Count { get; }

    /// <summary>The pods of a topology at their ordinals.</summary>
    public static NameOrdinals OfPods(NameTable names, Topology topology) =>
        new(names, topology.Pods.Count, topology.Pods.Select(pod => (new Name(NameKind.Pod, pod.Path), pod.Ordinal)));

    /// <summary>The ids of the names at the places from <paramref name="first"/> on, up to <paramref name="count"/> places.</summary>
    public HashSet<int> IdsAt(int first, int count) => [.. ordinals.Where(name => name.Value >= first && name.Value < first + count).Select(name => name.Key)];

    /// <summary>The place of a name; -1 when it has none.</summary>
    public int Find(int id) => ordinals.TryGetValue(id, out var ordinal) ? ordinal : -1;
}
