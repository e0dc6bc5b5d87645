using System.Diagnostics;

namespace Pingmesh.Bench;

/// <summary>Times work: some turns to warm up, then the median and the worst of many.</summary>
internal static class Clock
{
    public static (TimeSpan Median, TimeSpan Worst) Time(int turns, Action<int> work)
    {
        for (var i = 0; i < Math.Max(1, turns / 5); i++) work(i);
        var times = new TimeSpan[turns];
        for (var i = 0; i < turns; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            work(i);
            times[i] = Stopwatch.GetElapsedTime(begun);
        }

        Array.Sort(times);
        return (times[turns / 2], times[^1]);
    }
}
