using Pingmesh.Core;
using Pingmesh.Core.Wire;

namespace Pingmesh.Analysis.Ingest;

/// <summary>Puts the times of a batch right before it is read: sets them by the server's clock, and leaves out what came too late.</summary>
internal static class BatchTimes
{
    private const long MicrosecondsPerSecond = 1_000_000;

    // Beyond any time that is meant; such a value is told as wrong when it is read.
    private const long Absurd = 1L << 40;

    /// <summary>Shifts all times.</summary>
    public static void Shift(MeasurementBatch batch, long seconds)
    {
        foreach (var window in batch.Windows)
        {
            if (Math.Abs((double)window.StartUnixS) < Absurd) window.StartUnixS += seconds;
        }

        foreach (var record in batch.Records)
        {
            if (Math.Abs((double)record.StartedUnixUs) < (double)Absurd * MicrosecondsPerSecond) record.StartedUnixUs += seconds * MicrosecondsPerSecond;
        }
    }

    /// <summary>Removes windows and records from before <paramref name="earliest"/> (Unix seconds), but none whose time is absurd, which is told when it is read; returns how many probes the windows held.</summary>
    public static long RemoveLate(MeasurementBatch batch, long earliest, out bool any)
    {
        any = false;
        long probes = 0;
        for (var i = batch.Windows.Count - 1; i >= 0; i--)
        {
            if (batch.Windows[i].StartUnixS is var start && (start >= earliest || start < BatchLimits.OldestUnixSeconds)) continue;
            probes += Math.Min(ProbesOf(batch.Windows[i]), BatchLimits.ProbesPerWindow);
            batch.Windows.RemoveAt(i);
            any = true;
        }

        for (var i = batch.Records.Count - 1; i >= 0; i--)
        {
            if (batch.Records[i].StartedUnixUs / MicrosecondsPerSecond is var start && (start >= earliest || start < BatchLimits.OldestUnixSeconds)) continue;
            batch.Records.RemoveAt(i);
            any = true;
        }

        return probes;
    }

    // What a hostile sender writes here is counted as it stands: nothing else depends on it.
    private static long ProbesOf(WindowMeasurements window) => window.Series.Sum(series =>
        series.Columns is not { } columns ? 0
        : columns.Probes.Count == 0 ? columns.KeyDelta.Count
        : columns.Probes.Sum(count => (long)Math.Min(count, (ulong)HardLimits.MaxProbesPerSecond * Windows.LiveSeconds)));
}
