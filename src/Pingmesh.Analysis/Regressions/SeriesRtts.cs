using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;

namespace Pingmesh.Analysis.Regressions;

/// <summary>
/// RTTs by series. They are compared series by series, since a dc with more probes to other data centers than yesterday is none the slower. Not thread-safe.
/// </summary>
internal sealed class SeriesRtts
{
    private readonly Dictionary<SeriesKey, Sketch> sketches = [];

    /// <summary>The series with RTTs.</summary>
    public IReadOnlyDictionary<SeriesKey, Sketch> Series => sketches;

    /// <summary>RTTs of all series.</summary>
    public long Count { get; private set; }

    public void Add(SeriesKey series, Sketch rtts)
    {
        if (!sketches.TryGetValue(series, out var sketch)) sketches[series] = sketch = new Sketch();
        sketch.Merge(rtts);
        Count += rtts.Count;
    }

    public void Add(SeriesRtts other)
    {
        foreach (var (series, rtts) in other.sketches) Add(series, rtts);
    }
}
