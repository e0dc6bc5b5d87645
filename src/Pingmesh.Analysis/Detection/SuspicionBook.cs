using Microsoft.Extensions.Logging;
using Pingmesh.Core;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// Where something seems to be wrong: looks at the last minute, and now and then at five, for places with significant trouble, and tells of those
/// that last. Learns what is usual from the rest. Used by one thread at a time.
/// </summary>
internal sealed partial class SuspicionBook(ILogger logger)
{
    private const int ShortSeconds = 60;
    private const int LongSeconds = 300;
    private const int LongEverySeconds = 20;

    // A place must be significant in this many looks on end: what lasts for one only is not worth a name.
    private const int TicksToTell = 2;

    // Windows of the last minute in which answers must be late.
    private const int SlowWindows = 3;
    private const int SlowPayloadWindows = 5;

    private static readonly Signal[] Signals = [Signal.Loss, Signal.Slow];

    private readonly UsualRates usual = new();
    private long learned;
    private long lookedLong;
    private Dictionary<(Plane Plane, Signal Signal, Place Place), int> pending = [];
    private HashSet<(Plane Plane, Signal Signal, Place Place)> wasLong = [];

    /// <summary>Forgets what seems to be wrong, since hosts have other numbers now.</summary>
    public void Clear()
    {
        pending = [];
        wasLong = [];
    }

    /// <summary>Looks; gives what is to be told.</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="isExplained">For a plane and signal: whether the trouble of a pair in a window has a cause that is known.</param>
    /// <param name="isOfHosts">Whether hosts at either end account for it.</param>
    public List<Suspicion> Look(ProbeMemoryView view, long now, Func<Plane, Signal, Func<int, int, long, bool>> isExplained, Func<int, int, long, bool> isOfHosts)
    {
        var isLong = now - lookedLong >= LongEverySeconds;
        if (isLong) lookedLong = now;
        var next = new Dictionary<(Plane, Signal, Place), int>();
        var told = new List<Suspicion>();
        foreach (var one in Scan(view, now, isLong, isExplained))
        {
            var key = (one.Plane, one.Signal, one.Place);
            var ticks = 1 + pending.Where(before => before.Key.Plane == one.Plane && before.Key.Signal == one.Signal
                && (before.Key.Place.Contains(view.Fleet, one.Place) || one.Place.Contains(view.Fleet, before.Key.Place))).Select(before => before.Value).DefaultIfEmpty(0).Max();
            LogSuspected(one.Place.DescribeIn(view.Fleet), one.Plane, one.Signal, one.Bad, one.Probes, one.Usual, one.Score, ticks);
            if (ticks < TicksToTell || !Lasts(view, one, now, isExplained) || IsOfHandshakes(view, one, now, isOfHosts))
            {
                next[key] = ticks;
                continue;
            }

            wasLong.Remove(key);
            told.Add(one);
        }

        // What shows in five minutes only is looked for again the next time those are looked at.
        if (isLong) wasLong = [.. next.Keys];
        else foreach (var (key, ticks) in pending.Where(one => !next.ContainsKey(one.Key) && wasLong.Contains(one.Key))) next[key] = ticks;
        pending = next;
        return told;
    }

    /// <summary>Learns what is usual, once from each window, where nothing is suspected.</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="isExplained">As in <see cref="Look"/>.</param>
    public void Learn(ProbeMemoryView view, long now, Func<Plane, Signal, Func<int, int, long, bool>> isExplained)
    {
        // The newest window is not complete.
        var start = Windows.StartOf(now, Windows.LiveSeconds) - (2 * Windows.LiveSeconds);
        if (start <= learned) return;
        learned = start;
        foreach (var plane in view.Planes)
        {
            foreach (var signal in Signals)
            {
                var sums = new PlaceSums(view, plane, start, start + Windows.LiveSeconds, isExplained(plane, signal));
                var suspected = pending.Keys.Where(key => key.Plane == plane && key.Signal == signal).Select(key => key.Place).ToList();
                usual.Learn(sums, plane, signal, suspected);
            }
        }
    }

    private List<Suspicion> Scan(ProbeMemoryView view, long now, bool isLong, Func<Plane, Signal, Func<int, int, long, bool>> isExplained)
    {
        var all = new List<Suspicion>();

        // What hurts handshakes is looked for first: it accounts for the rest.
        foreach (var plane in view.Planes.OrderBy(plane => plane != Plane.Basic).ThenBy(plane => plane.IsPayload).ThenBy(plane => plane.Dscp))
        {
            foreach (var signal in Signals)
            {
                var explained = isExplained(plane, signal);
                var found = PlaceScan.Find(new PlaceSums(view, plane, now - ShortSeconds, now + Windows.LiveSeconds, explained), plane, signal, usual);

                // What is too rare for a minute may show in five, and need not be looked for so often.
                if (isLong)
                {
                    var rest = new PlaceSums(
                        view, plane, now - LongSeconds, now + Windows.LiveSeconds,
                        (source, target, window) => explained(source, target, window) || found.Exists(one => one.Place.Carries(view.Fleet, source, target)));
                    found.AddRange(PlaceScan.Find(rest, plane, signal, usual));
                }

                all.AddRange(found.Where(one => !IsOf(all, one, view.Fleet)));
            }
        }

        return all;
    }

    // Whether a suspicion is another view of one that was found before: of handshakes, or as loss.
    private static bool IsOf(List<Suspicion> before, Suspicion one, Fleet fleet) => before.Exists(other =>
        (other.Plane == one.Plane || other.Plane == Plane.Basic) && (other.Signal == one.Signal || other.Signal == Signal.Loss) && (other.Plane, other.Signal) != (one.Plane, one.Signal)
        && (other.Place.Contains(fleet, one.Place) || one.Place.Contains(fleet, other.Place)));

    // A host that is busy for a moment answers late, and payloads are answered by a process: only what lasts is told.
    private static bool Lasts(ProbeMemoryView view, Suspicion one, long now, Func<Plane, Signal, Func<int, int, long, bool>> isExplained)
    {
        if (one.Signal == Signal.Loss) return true;
        var series = FaultSeries.Read(view, one.Plane, one.Signal, one.Place, [], now, isExplained(one.Plane, one.Signal));
        return FaultSeries.CountBad(series, one.Rate, now - ShortSeconds - Windows.LiveSeconds) >= (one.Plane.IsPayload ? SlowPayloadWindows : SlowWindows);
    }

    // Payloads and other classes tell of themselves only where handshakes do not suffer alike.
    private bool IsOfHandshakes(ProbeMemoryView view, Suspicion one, long now, Func<int, int, long, bool> isOfHosts)
    {
        if (one.Plane == Plane.Basic) return false;
        var sums = new PlaceSums(view, Plane.Basic, now - LongSeconds, now + Windows.LiveSeconds, isOfHosts);
        var basic = PlaceScan.Measure(sums, Plane.Basic, one.Signal, usual, one.Place);
        return basic.Bad >= 3 && basic.Rate >= 0.3 * one.Rate;
    }

    [LoggerMessage(LogLevel.Debug, "suspected {Place}: {Bad} of {Probes} {Plane} in trouble ({Signal}), usual {Usual}, score {Score}, seen {Ticks} times on end")]
    private partial void LogSuspected(string place, Plane plane, Signal signal, long bad, long probes, double usual, double score, int ticks);
}
