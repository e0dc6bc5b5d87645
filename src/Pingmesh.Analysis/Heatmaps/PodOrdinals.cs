using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>The ordinals, under one topology, of pods by name id.</summary>
internal sealed class PodOrdinals
{
    private readonly Dictionary<int, int> ordinals = [];

    /// <summary>Looks up all pods of <paramref name="topology"/>.</summary>
    public PodOrdinals(NameTable names, Topology topology)
    {
        Count = topology.Pods.Count;
        foreach (var pod in topology.Pods)
        {
            if (names.TryGetId(new Name(NameKind.Pod, pod.Path), out var id)) ordinals[id] = pod.Ordinal;
        }
    }

    /// <summary>How many pods there are.</summary>
    public int Count { get; }

    /// <summary>The ordinal of a pod; -1 when it is not in the topology.</summary>
    public int Find(int id) => ordinals.TryGetValue(id, out var ordinal) ? ordinal : -1;
}
