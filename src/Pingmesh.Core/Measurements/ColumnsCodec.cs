using Google.Protobuf.Collections;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;
using Pingmesh.Core.Wire;

namespace Pingmesh.Core.Measurements;

/// <summary>
/// Packs rows of (key, <see cref="Measurement"/>) into columns and back. The wire carries them with addresses as keys,
/// the store with its own numbers: one format, one codec.
/// </summary>
public static class ColumnsCodec
{
    /// <summary>Most rows that are decoded from one message.</summary>
    public const int MaxRows = 1 << 20;

    /// <summary>Packs rows that are sorted by key, each key once.</summary>
    /// <param name="rows">The rows; keys strictly ascending, each measurement with at least one probe.</param>
    /// <param name="rttUnitNanoseconds">All RTTs are written as multiples of this; RTTs in between are rounded.</param>
    public static Columns Encode(IReadOnlyList<KeyValuePair<UInt128, Measurement>> rows, uint rttUnitNanoseconds)
    {
        var columns = new Columns { RttUnitNs = rttUnitNanoseconds };
        var onlySingles = rows.All(row => row.Value.Probes == 1);
        UInt128 lastKey = 0;
        int lastWide = 0, lastFailure = 0, lastDrop = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var (key, measurement) = rows[i];
            if (i > 0 && key <= lastKey) throw new ArgumentException("rows are not sorted by key", nameof(rows));
            var delta = key - lastKey;
            lastKey = key;
            columns.KeyDelta.Add((ulong)delta);
            if (delta > ulong.MaxValue)
            {
                columns.WideRow.Add((uint)(i - lastWide));
                columns.WideHigh.Add((ulong)(delta >> 64));
                lastWide = i;
            }

            if (!onlySingles) columns.Probes.Add((ulong)measurement.Probes);
            if (measurement.Failures > 0)
            {
                foreach (var error in Enum.GetValues<ProbeError>())
                {
                    if (measurement.FailuresOf(error) == 0) continue;
                    columns.FailureRow.Add((uint)(i - lastFailure));
                    columns.FailureError.Add((uint)error);
                    columns.FailureCount.Add((ulong)measurement.FailuresOf(error));
                    lastFailure = i;
                }
            }

            if (measurement.Drops > 0)
            {
                columns.DropRow.Add((uint)(i - lastDrop));
                columns.DroppedOnce.Add((ulong)measurement.DroppedOnce);
                columns.DroppedMore.Add((ulong)measurement.DroppedMore);
                lastDrop = i;
            }

            AddRtts(columns, measurement, rttUnitNanoseconds);
        }

        return columns;
    }

    /// <summary>Unpacks rows, in ascending order of their keys.</summary>
    /// <exception cref="FormatException">The columns contradict each other or hold an impossible value; says which.</exception>
    public static List<KeyValuePair<UInt128, Measurement>> Decode(Columns columns)
    {
        var count = columns.KeyDelta.Count;
        if (count > MaxRows) throw new FormatException($"columns: {count} rows; at most {MaxRows} are taken");
        if (columns.RttUnitNs == 0) throw new FormatException("columns: rtt_unit_ns is 0");
        if (columns.Probes.Count != 0 && columns.Probes.Count != count)
            throw new FormatException($"columns: {columns.Probes.Count} values in probes for {count} rows");

        var rows = new List<KeyValuePair<UInt128, Measurement>>(count);
        try
        {
            foreach (var key in DecodeKeys(columns)) rows.Add(new(key, new Measurement()));
            DecodeFailures(columns, rows);
            DecodeDrops(columns, rows);
            new RttReader(columns).Read(rows);
        }
        catch (OverflowException)
        {
            throw new FormatException("columns: a sum is larger than 2^63");
        }

        return rows;
    }

    private static void AddRtts(Columns columns, Measurement measurement, uint unit)
    {
        var rtts = measurement.Rtts;
        if (rtts.Count == 0) return;
        columns.RttSum.Add(InUnits(measurement.RttSum, unit));
        if (rtts.Count == 1) return;
        var min = InUnits(measurement.RttMin, unit);
        columns.RttMin.Add(min);
        columns.RttRange.Add(InUnits(measurement.RttMax, unit) - min);
        columns.BucketCount.Add((uint)rtts.BucketCount);
        var lastIndex = 0;
        for (var b = 0; b < rtts.BucketCount; b++)
        {
            columns.BucketIndex.Add(rtts.Indexes[b] - lastIndex);
            columns.BucketPopulation.Add((ulong)rtts.Populations[b]);
            lastIndex = rtts.Indexes[b];
        }
    }

    private static ulong InUnits(long nanoseconds, uint unit) => ((ulong)nanoseconds + (unit / 2)) / unit;

    private static IEnumerable<UInt128> DecodeKeys(Columns columns)
    {
        if (columns.WideRow.Count != columns.WideHigh.Count)
            throw new FormatException("columns: wide_row and wide_high differ in length");
        UInt128 key = 0;
        var wide = 0;
        long nextWide = columns.WideRow.Count > 0 ? columns.WideRow[0] : long.MaxValue;
        for (var i = 0; i < columns.KeyDelta.Count; i++)
        {
            UInt128 delta = columns.KeyDelta[i];
            if (i == nextWide)
            {
                delta |= (UInt128)columns.WideHigh[wide] << 64;
                wide++;
                nextWide = wide < columns.WideRow.Count ? i + (long)columns.WideRow[wide] : long.MaxValue;
            }

            if (i > 0 && delta == 0) throw new FormatException($"columns: row {i} repeats the key of the row before");
            key = checked(key + delta);
            yield return key;
        }

        if (wide != columns.WideRow.Count) throw new FormatException("columns: wide_row points past the last row");
    }

    private static void DecodeFailures(Columns columns, List<KeyValuePair<UInt128, Measurement>> rows)
    {
        if (columns.FailureRow.Count != columns.FailureError.Count || columns.FailureRow.Count != columns.FailureCount.Count)
            throw new FormatException("columns: failure_row, failure_error and failure_count differ in length");
        long row = 0;
        for (var i = 0; i < columns.FailureRow.Count; i++)
        {
            row += columns.FailureRow[i];
            var error = (ProbeError)columns.FailureError[i];
            if (columns.FailureError[i] > byte.MaxValue || error == ProbeError.None || !Enum.IsDefined(error))
                throw new FormatException($"columns: failure_error {columns.FailureError[i]} is no error code");
            RowAt(rows, row, "failure_row").AddFailures(error, Positive(columns.FailureCount[i], "failure_count"));
        }
    }

    private static void DecodeDrops(Columns columns, List<KeyValuePair<UInt128, Measurement>> rows)
    {
        if (columns.DropRow.Count != columns.DroppedOnce.Count || columns.DropRow.Count != columns.DroppedMore.Count)
            throw new FormatException("columns: drop_row, dropped_once and dropped_more differ in length");
        long row = 0;
        for (var i = 0; i < columns.DropRow.Count; i++)
        {
            row += columns.DropRow[i];
            RowAt(rows, row, "drop_row").AddDrops(Number(columns.DroppedOnce[i], "dropped_once"), Number(columns.DroppedMore[i], "dropped_more"));
        }
    }

    private static Measurement RowAt(List<KeyValuePair<UInt128, Measurement>> rows, long row, string column) =>
        row < rows.Count ? rows[(int)row].Value : throw new FormatException($"columns: {column} points past the last row");

    private static long Positive(ulong value, string column) =>
        value > 0 ? Number(value, column) : throw new FormatException($"columns: {column} holds a 0");

    private static long Number(ulong value, string column) =>
        value <= long.MaxValue ? (long)value : throw new FormatException($"columns: {column} holds {value}, more than 2^63");

    /// <summary>Walks the RTT columns, which hold values for some rows only.</summary>
    private sealed class RttReader(Columns columns)
    {
        private int sums;
        private int many;
        private int buckets;

        public void Read(List<KeyValuePair<UInt128, Measurement>> rows)
        {
            if (columns.RttMin.Count != columns.RttRange.Count || columns.RttMin.Count != columns.BucketCount.Count)
                throw new FormatException("columns: rtt_min, rtt_range and bucket_count differ in length");
            if (columns.BucketIndex.Count != columns.BucketPopulation.Count)
                throw new FormatException("columns: bucket_index and bucket_population differ in length");

            for (var i = 0; i < rows.Count; i++)
            {
                var measurement = rows[i].Value;
                var probes = columns.Probes.Count == 0 ? 1 : Positive(columns.Probes[i], "probes");
                var rtts = probes - measurement.Probes;
                if (rtts < 0) throw new FormatException($"columns: row {i} has more failures and drops than probes");
                if (rtts == 1) measurement.AddRtt(Take(columns.RttSum, ref sums, "rtt_sum"));
                else if (rtts > 1) ReadMany(measurement, rtts, i);
            }

            if (sums != columns.RttSum.Count || many != columns.RttMin.Count || buckets != columns.BucketIndex.Count)
                throw new FormatException("columns: more RTT values than rows with RTTs");
        }

        private void ReadMany(Measurement measurement, long count, int row)
        {
            var sum = Take(columns.RttSum, ref sums, "rtt_sum");
            var at = many;
            var min = Take(columns.RttMin, ref many, "rtt_min");
            var max = checked(min + Nanoseconds(columns.RttRange[at], "rtt_range"));

            // Only as much room as there are values: what the column says is not to be trusted.
            var sketch = new Sketch((int)Math.Min(columns.BucketCount[at], columns.BucketIndex.Count - buckets));
            long index = 0;
            for (var b = columns.BucketCount[at]; b > 0; b--)
            {
                if (buckets >= columns.BucketIndex.Count) throw new FormatException($"columns: the sketch of row {row} is cut off");
                index += columns.BucketIndex[buckets];
                if (index is < SketchScale.MinIndex or > SketchScale.MaxIndex)
                    throw new FormatException($"columns: bucket_index {index} of row {row} is outside the scale");
                sketch.Add((int)index, Positive(columns.BucketPopulation[buckets], "bucket_population"));
                buckets++;
            }

            if (sketch.Count != count)
                throw new FormatException($"columns: the sketch of row {row} holds {sketch.Count} RTTs, the row {count}");
            if (sum < min || max > sum) throw new FormatException($"columns: rtt_sum of row {row} does not fit its minimum and maximum");
            measurement.AddRtts(sum, min, max, sketch, mayKeep: true);
        }

        private long Take(RepeatedField<ulong> column, ref int at, string name) =>
            at < column.Count ? Nanoseconds(column[at++], name) : throw new FormatException($"columns: {name} is too short");

        private long Nanoseconds(ulong units, string name) => checked(Number(units, name) * columns.RttUnitNs);
    }
}
