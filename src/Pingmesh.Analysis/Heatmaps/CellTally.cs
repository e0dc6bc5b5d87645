using Pingmesh.Core.Measurements;
using Pingmesh.Core.Sketches;

namespace Pingmesh.Analysis.Heatmaps;

/// <summary>
/// Merges the measurements of one cell into arrays that are used again for the next: the same figures as
/// <see cref="Measurement.Merge"/> gives, without its memory. Not thread-safe.
/// </summary>
internal sealed class CellTally
{
    private readonly long[] populations = new long[SketchScale.MaxIndex - SketchScale.MinIndex + 1];
    private int low = int.MaxValue;
    private int high = int.MinValue;
    private long rtts;
    private long min;
    private long max;

    public long Probes { get; private set; }

    public long Failures { get; private set; }

    public long Drops { get; private set; }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        if (low <= high) Array.Clear(populations, low, high - low + 1);
        (low, high) = (int.MaxValue, int.MinValue);
        (rtts, min, max) = (0, 0, 0);
        (Probes, Failures, Drops) = (0, 0, 0);
    }

    /// <summary>Adds a measurement.</summary>
    public void Add(Measurement measurement)
    {
        Probes += measurement.Probes;
        Failures += measurement.Failures;
        Drops += measurement.Drops;
        var sketch = measurement.Rtts;
        if (sketch.Count == 0) return;
        min = rtts == 0 ? measurement.RttMin : Math.Min(min, measurement.RttMin);
        max = Math.Max(max, measurement.RttMax);
        rtts += sketch.Count;
        var indexes = sketch.Indexes;
        var counts = sketch.Populations;
        for (var i = 0; i < indexes.Length; i++) populations[indexes[i] - SketchScale.MinIndex] += counts[i];
        low = Math.Min(low, indexes[0] - SketchScale.MinIndex);
        high = Math.Max(high, indexes[^1] - SketchScale.MinIndex);
    }

    /// <summary>As <see cref="Measurement.Quantile"/>, nanoseconds.</summary>
    public double? Quantile(double quantile)
    {
        if (rtts == 0) return null;
        var rank = Math.Clamp((long)Math.Ceiling(quantile * rtts), 1, rtts);
        long seen = 0;
        var at = low;
        while (at < high && (seen += populations[at]) < rank) at++;
        return Math.Clamp(Midpoints.Of[at], min, max);
    }

    private static class Midpoints
    {
        public static readonly double[] Of =
            [.. Enumerable.Range(SketchScale.MinIndex, SketchScale.MaxIndex - SketchScale.MinIndex + 1).Select(SketchScale.MidpointNanoseconds)];
    }
}
