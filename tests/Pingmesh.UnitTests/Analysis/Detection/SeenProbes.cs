using Pingmesh.Analysis.Detection;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>What detection remembers, as a test sets it.</summary>
internal sealed class SeenProbes
{
    /// <summary>A window like any other.</summary>
    public const long Start = 1_700_000_000;

    private readonly SortedDictionary<long, Dictionary<Plane, PlaneSlot>> slots = [];
    private readonly Dictionary<(int Host, long Window), HostNoise> noise = [];
    private readonly long[] heard;

    public SeenProbes(Topology topology)
    {
        Fleet = new Fleet(topology);
        heard = new long[Fleet.Hosts.Count];
    }

    public Fleet Fleet { get; }

    public Queue<FlowSample> Bad { get; } = [];

    public Queue<FlowSample> Good { get; } = [];

    public ProbeMemoryView View => new(Fleet, slots, Bad, Good, [], noise, heard);

    /// <summary>All pairs but those within one host.</summary>
    public IEnumerable<(int Source, int Target)> Pairs =>
        from source in Enumerable.Range(0, Fleet.Hosts.Count)
        from target in Enumerable.Range(0, Fleet.Hosts.Count)
        where source != target
        select (source, target);

    public static bool Nothing(int source, int target, long window) => false;

    public void Add(int source, int target, int probes, int failed = 0, int dropped = 0, int slow = 0, long window = Start, Plane plane = default)
    {
        if (!slots.TryGetValue(window, out var planes)) slots[window] = planes = [];
        if (!planes.TryGetValue(plane, out var slot)) planes[plane] = slot = new PlaneSlot(Fleet);

        // Pairs without trouble are counted in the sums only, as in the memory itself.
        slot.Add(source, target, Fleet.SpanOf(source, target), new PairTally { Probes = probes, Failed = failed, Dropped = dropped, Slow = slow }, isWatched: false);
    }

    /// <summary>Probes of every pair, of which each is lost by chance. As in a real mesh, much of what a host probes is in its pod.</summary>
    public void AddLossy(Random random, int probesOfPair, Func<int, int, double> rateOf, long window = Start, bool isSlow = false)
    {
        foreach (var (source, target) in Pairs)
        {
            var (rate, bad) = (rateOf(source, target), 0);
            var probes = Fleet.SpanOf(source, target) == Span.Pod ? 8 * probesOfPair : probesOfPair;
            for (var i = 0; i < probes; i++) bad += random.NextDouble() < rate ? 1 : 0;
            Add(source, target, probes, dropped: isSlow ? 0 : bad, slow: isSlow ? bad : 0, window: window);
        }
    }

    public void MarkNoisy(int host, long window, HostNoise marks) => noise[(host, window)] = marks;

    public PlaceSums Sums(Plane plane = default, Func<int, int, long, bool>? isExplained = null) => new(View, plane, 0, long.MaxValue, isExplained ?? Nothing);
}
