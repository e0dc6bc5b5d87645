using Pingmesh.Core.Sketches;

namespace Pingmesh.Bench;

/// <summary>A million RTTs: recorded into a sketch and asked for P99, against kept raw and sorted.</summary>
internal static class SketchBench
{
    private const int Count = 1_000_000;

    public static void Run()
    {
        var random = new Random(1);
        var rtts = Enumerable.Range(0, Count).Select(_ => (long)(200_000 * Math.Exp(random.NextDouble() * random.NextDouble() * 4))).ToArray();
        double fromSketch = 0, fromSort = 0;
        var buckets = 0;
        var (sketch, _) = Clock.Time(9, _ =>
        {
            var into = new Sketch();
            foreach (var rtt in rtts) into.Record(rtt);
            fromSketch = into.Quantile(0.99)!.Value;
            buckets = into.BucketCount;
        });
        var (sort, _) = Clock.Time(9, _ =>
        {
            var copy = rtts.ToArray();
            Array.Sort(copy);
            fromSort = copy[(int)(Count * 0.99) - 1];
        });
        Console.WriteLine($"P99 of {Count:N0} RTTs: sketch {sketch.TotalMilliseconds:F1} ms, {buckets} buckets; raw and sorted {sort.TotalMilliseconds:F1} ms, {Count * 8 >> 20} MB");
        Console.WriteLine($"ratio of time {sketch / sort:F2}, of values {fromSketch / fromSort:F4} (allowed 1 +- {SketchScale.RelativeError})");
    }
}
