using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core.Measurements;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Regressions;

/// <summary>RTTs by scope, apart for handshakes and payloads. Not thread-safe.</summary>
/// <param name="table">The scopes.</param>
/// <param name="trouble">Times that do not count; null when all do.</param>
internal sealed class ScopeRtts(ScopeTable table, TroubleTimes? trouble) : ICellSum<ScopeRtts>
{
    private readonly SeriesRtts?[] handshakes = new SeriesRtts?[table.Scopes.Count];
    private readonly SeriesRtts?[] payloads = new SeriesRtts?[table.Scopes.Count];

    /// <summary>The RTTs of a scope; null when there are none.</summary>
    public SeriesRtts? Of(int scope, bool isPayload) => (isPayload ? payloads : handshakes)[scope];

    /// <inheritdoc/>
    public void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep)
    {
        if (measurement.Rtts.Count == 0 || Plane.Of(row.Series) is not { } plane || table.ScopesOf(cell) is not { } scopes) return;
        if (trouble?.Holds(cell, row.Start, row.Level.LengthSeconds()) == true) return;
        var sums = plane.IsPayload ? payloads : handshakes;
        foreach (var scope in scopes) (sums[scope] ??= new SeriesRtts()).Add(row.Series, measurement.Rtts);
    }

    /// <inheritdoc/>
    public void Add(ScopeRtts other)
    {
        for (var scope = 0; scope < handshakes.Length; scope++)
        {
            if (other.handshakes[scope] is { } its) (handshakes[scope] ??= new SeriesRtts()).Add(its);
            if (other.payloads[scope] is { } paid) (payloads[scope] ??= new SeriesRtts()).Add(paid);
        }
    }
}
