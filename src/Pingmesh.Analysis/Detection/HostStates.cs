using System.Runtime.InteropServices;
using Pingmesh.Core;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// Which hosts are down, and since when. Down is a host that nobody reaches and that reaches nobody: in the newest window with probes
/// to it practically all failed, those of two hosts at least, and what it sent itself, if anything, failed too. What happens to probes of such
/// a host says nothing of the network.
/// </summary>
internal sealed class HostStates
{
    // Probes to a host that must have failed before it is said to be down.
    private const int FewestProbes = 3;
    private const int FewestSources = 2;
    private const double AllButNone = 0.95;

    // Older windows say nothing of now.
    private const int LookBackSeconds = 50;

    // Windows at either end of a time in which a host was down hold probes of both states.
    private const int EdgeSeconds = 2 * Windows.LiveSeconds;

    private readonly Dictionary<int, long> down = [];
    private readonly List<(int Host, long From, long To)> past = [];
    private Dictionary<int, List<(long From, long To)>> pastOf = [];

    /// <summary>The hosts that are down, with the start of the window in which it began.</summary>
    public IReadOnlyDictionary<int, long> Down => down;

    /// <summary>Forgets all, since hosts have other numbers now.</summary>
    public void Clear()
    {
        down.Clear();
        past.Clear();
        pastOf = [];
    }

    /// <summary>Whether a host was down in a window, or about to be, or had just come back.</summary>
    public bool IsDownIn(int host, long window)
    {
        if (down.TryGetValue(host, out var since) && window >= since - EdgeSeconds) return true;
        return pastOf.TryGetValue(host, out var times) && times.Exists(time => window >= time.From - EdgeSeconds && window <= time.To + EdgeSeconds);
    }

    /// <summary>The hosts of which <see cref="IsDownIn"/> holds.</summary>
    public IEnumerable<int> DownIn(long window) => down.Keys.Concat(pastOf.Keys).Where(host => IsDownIn(host, window));

    /// <summary>Looks at the newest windows.</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="now">Unix seconds.</param>
    public void Update(ProbeMemoryView view, long now)
    {
        var slots = view.Slots(now - LookBackSeconds, now + Windows.LiveSeconds).Reverse().ToList();
        var failures = slots.Select(slot => FailuresIn(slot.Planes)).ToList();
        foreach (var host in failures.SelectMany(one => one.To.Keys).Concat(down.Keys).Distinct().ToList())
        {
            for (var i = 0; i < slots.Count; i++)
            {
                var (start, planes) = slots[i];
                var received = planes.Values.Sum(plane => plane.Received[host]);
                if (received < FewestProbes) continue;
                var failed = failures[i].To.GetValueOrDefault(host);
                var sent = planes.Values.Sum(plane => plane.Sent[host]);
                var reaches = sent - failures[i].From.GetValueOrDefault(host) > sent * (1 - AllButNone);
                if (failed.Probes >= received * AllButNone && failed.Sources >= FewestSources && !reaches)
                {
                    if (!down.ContainsKey(host)) down[host] = Onset(slots, failures, host, i);
                }
                else if (down.Remove(host, out var since))
                {
                    past.Add((host, since, start));
                }

                break;
            }
        }

        past.RemoveAll(time => time.To < now - (long)ProbeMemory.Span.TotalSeconds - EdgeSeconds);
        pastOf = past.GroupBy(time => time.Host).ToDictionary(of => of.Key, of => of.Select(time => (time.From, time.To)).ToList());
    }

    // The first of the failing windows on end before the one that decided.
    private static long Onset(
        List<(long Start, IReadOnlyDictionary<Plane, PlaneSlot> Planes)> slots, List<(Dictionary<int, int> From, Dictionary<int, (int Probes, int Sources)> To)> failures, int host, int newest)
    {
        var onset = slots[newest].Start;
        for (var i = newest + 1; i < slots.Count && failures[i].To.GetValueOrDefault(host).Probes is > 0 and var failed; i++)
        {
            onset = slots[i].Start;

            // It went down within this window; what failed before has another cause.
            if (failed < AllButNone * slots[i].Planes.Values.Sum(plane => plane.Received[host])) break;
        }

        return onset;
    }

    private static (Dictionary<int, int> From, Dictionary<int, (int Probes, int Sources)> To) FailuresIn(IReadOnlyDictionary<Plane, PlaneSlot> planes)
    {
        var from = new Dictionary<int, int>();
        var to = new Dictionary<int, (int Probes, int Sources)>();
        foreach (var plane in planes.Values)
        {
            foreach (var (key, tally) in plane.Pairs)
            {
                if (tally.Failed == 0) continue;
                var (source, target) = PlaneSlot.PairOf(key);
                CollectionsMarshal.GetValueRefOrAddDefault(from, source, out _) += tally.Failed;
                ref var its = ref CollectionsMarshal.GetValueRefOrAddDefault(to, target, out _);
                its = (its.Probes + tally.Failed, its.Sources + 1);
            }
        }

        return (from, to);
    }
}
