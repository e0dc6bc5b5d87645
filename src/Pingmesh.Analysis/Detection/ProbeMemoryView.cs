using Pingmesh.Core;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Detection;

/// <summary>What a <see cref="ProbeMemory"/> holds while it is looked at; not to be kept.</summary>
internal sealed class ProbeMemoryView(
    Fleet fleet, SortedDictionary<long, Dictionary<Plane, PlaneSlot>> slots, Queue<FlowSample> bad, Queue<FlowSample> good, Queue<FlowSample> confirmations, Dictionary<(int Host, long Window), HostNoise> noise,
    long[] heard)
{
    // What a host says of itself that makes its own probes doubtful.
    private const HostNoise Doubtful = HostNoise.Stalled | HostNoise.LoopbackSlow | HostNoise.ListenQueueDrops | HostNoise.ClockStepped | HostNoise.OverBudget | HostNoise.CpuSteal;

    public Fleet Fleet => fleet;

    /// <summary>Planes with probes.</summary>
    public IReadOnlyCollection<Plane> Planes => [.. slots.Values.SelectMany(planes => planes.Keys).Distinct()];

    /// <summary>Probes in trouble and, of some, probes without, oldest first.</summary>
    public IEnumerable<FlowSample> Bad => bad;

    /// <summary>A sample of the probes without trouble, oldest first.</summary>
    public IEnumerable<FlowSample> Good => good;

    /// <summary>Probes of five-tuples that had failed before, as agents make them by themselves; oldest first.</summary>
    public IEnumerable<FlowSample> Confirmations => confirmations;

    /// <summary>The windows of a plane that start in [from, to), Unix seconds; oldest first.</summary>
    public IEnumerable<(long Start, PlaneSlot Slot)> Slots(Plane plane, long from, long to)
    {
        foreach (var (start, planes) in slots)
        {
            if (start >= from && start < to && planes.TryGetValue(plane, out var slot)) yield return (start, slot);
        }
    }

    /// <summary>The windows that start in [from, to), all planes.</summary>
    public IEnumerable<(long Start, IReadOnlyDictionary<Plane, PlaneSlot> Planes)> Slots(long from, long to) =>
        slots.Where(slot => slot.Key >= from && slot.Key < to).Select(slot => (slot.Key, (IReadOnlyDictionary<Plane, PlaneSlot>)slot.Value));

    /// <summary>When a host's agent was last heard of, Unix seconds; 0 never.</summary>
    public long HeardOf(int host) => heard[host];

    /// <summary>The hosts of which <see cref="IsNoisy"/> holds.</summary>
    public IEnumerable<int> NoisyIn(long window) => noise
        .Where(one => (one.Value & Doubtful) != 0 && one.Key.Window >= window - Windows.LiveSeconds && one.Key.Window <= window + Windows.LiveSeconds).Select(one => one.Key.Host);

    /// <summary>Whether a host was in trouble of its own in the window, or in one beside it: trouble does not keep to windows.</summary>
    public bool IsNoisy(int host, long window)
    {
        if (noise.Count == 0) return false;
        for (var start = window - Windows.LiveSeconds; start <= window + Windows.LiveSeconds; start += Windows.LiveSeconds)
        {
            if (noise.TryGetValue((host, start), out var marks) && (marks & Doubtful) != 0) return true;
        }

        return false;
    }
}
