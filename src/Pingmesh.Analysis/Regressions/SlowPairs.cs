using System.Runtime.InteropServices;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Regressions;

/// <summary>Probes and slow probes by host pair, of name ids. Not thread-safe.</summary>
/// <param name="isPayload">Whether payloads are counted, else handshakes.</param>
/// <param name="slowLimits">RTT above which a probe is slow, nanoseconds, by series; others are not counted.</param>
internal sealed class SlowPairs(bool isPayload, IReadOnlyDictionary<SeriesKey, long> slowLimits) : ICellSum<SlowPairs>
{
    private readonly Dictionary<ulong, (long Rtts, long Slow)> pairs = [];

    /// <summary>RTTs and slow ones of source and target, see <see cref="IdPair"/>.</summary>
    public IReadOnlyDictionary<ulong, (long Rtts, long Slow)> Pairs => pairs;

    /// <inheritdoc/>
    public void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep)
    {
        if (measurement.Rtts.Count == 0 || Plane.Of(row.Series)?.IsPayload != isPayload || !slowLimits.TryGetValue(row.Series, out var limit)) return;
        Add(IdPair.Of(row.Row, cell), measurement.Rtts.Count, measurement.Rtts.CountAbove(limit));
    }

    /// <inheritdoc/>
    public void Add(SlowPairs other)
    {
        foreach (var (pair, (rtts, slow)) in other.pairs) Add(pair, rtts, slow);
    }

    private void Add(ulong pair, long rtts, long slow)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
        sum = (sum.Rtts + rtts, sum.Slow + slow);
    }
}
