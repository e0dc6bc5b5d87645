using System.Globalization;
using System.Text;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Sketches;

namespace Pingmesh.Store.ClickHouse;

/// <summary>The table of windows: one row a cell.</summary>
internal sealed class ClickHouseWindows(ClickHouseClient client, ClickHouseNames names)
{
    private const int RowsAtOnce = 200_000;

    private const string Keys = "kind, class, dscp, row, cell";

    private const string Figures = "probes, dropped_once, dropped_more, error, error_count, rtt_sum, rtt_min, rtt_max";

    private const string Columns =
        "level, start, kind, class, dscp, row, cell, flush, probes, dropped_once, dropped_more, error, error_count, rtt_sum, rtt_min, rtt_max, step, low, high";

    // A cell as the sum of its rows. A minimum of 0 means that there is none.
    private const string Sums =
        """
        sum(probes), sum(dropped_once), sum(dropped_more), sumMap(error, error_count) AS errors, sum(rtt_sum), minIf(rtt_min, rtt_min > 0), max(rtt_max),
        sumMap(bucket, population) AS buckets
        """;

    /// <summary>
    /// The sketch as two arrays that sumMap takes. It is stored in small numbers, which compress better: the first bucket
    /// and the step from each to the next, and the populations as their lowest byte and, where one is larger, the rest.
    /// </summary>
    public const string SketchColumns =
        """
        arrayMap(x -> toInt16(x), arrayCumSum(step)) AS bucket,
        arrayMap((l, h) -> toUInt64(l) + 256 * toUInt64(h), low, arrayResize(high, length(low), toUInt32(0))) AS population
        """;

    // The same back again, of what sumMap gives.
    private const string Packed =
        """
        if(empty(buckets.1), emptyArrayInt16(), arrayConcat([toInt16(arrayElement(buckets.1, 1))], arraySlice(arrayMap(x -> toInt16(x), arrayDifference(buckets.1)), 2))),
        arrayMap(x -> toUInt8(x % 256), buckets.2),
        if(arrayExists(x -> x > 255, buckets.2), arrayMap(x -> toUInt32(intDiv(x, 256)), buckets.2), emptyArrayUInt32())
        """;

    private string Table => client.Settings.Table("windows");

    /// <summary>Inserts rows with a tag that is not committed yet; returns the windows they are of.</summary>
    public async Task<IReadOnlyCollection<(WindowLevel Level, long Start)>> InsertAsync(IEnumerable<WindowRow> rows, ulong tag, CancellationToken cancellationToken)
    {
        var writer = new RowBinaryWriter();
        var count = 0;
        var written = new HashSet<(WindowLevel, long)>();
        foreach (var row in rows)
        {
            written.Add((row.Level, row.Start));
            var source = names.HashOf(row.Row);
            foreach (var (cell, measurement) in row.Cells) Write(writer, row, source, names.HashOf(cell), measurement, tag);
            if ((count += row.Cells.Count) < RowsAtOnce) continue;
            await client.InsertAsync(Table, Columns, writer.Written, cancellationToken).ConfigureAwait(false);
            writer = new RowBinaryWriter();
            count = 0;
        }

        if (count > 0) await client.InsertAsync(Table, Columns, writer.Written, cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <summary>Reads what counts of a query and hands it to <paramref name="visit"/>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spans">Its spans, each with the tags that count in it.</param>
    /// <param name="visit">Told of rows, of a row in several parts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(
        WindowQuery query, IReadOnlyList<(WindowLevel Level, IReadOnlyList<(long Start, ulong Flush)> Parts)> spans, Action<WindowRow> visit, CancellationToken cancellationToken)
    {
        foreach (var (level, parts) in spans)
        {
            if (parts.Count == 0) continue;
            var condition = $"{ConditionOf(level, parts)}{FilterOf(query)}";
            var merge = query.MayMergeTime && parts.Count > 1;
            var sql = merge
                ? $"""
                SELECT toUInt32({Commits.Clamp(query.From)}), {Keys}, {Sums} FROM (SELECT {Keys}, {Figures}, {SketchColumns} FROM {Table} WHERE {condition})
                GROUP BY {Keys} ORDER BY {Keys}
                """
                : $"""
                SELECT toUInt32(start), {Keys}, {Figures}, {SketchColumns} FROM {Table} WHERE {condition}
                """;
            var run = new Run(level, visit);
            await client.QueryAsync(sql, row => ReadRow(row, run), cancellationToken).ConfigureAwait(false);
            run.End();
        }
    }

    /// <summary>Inserts, as rows of another level and start or the same, what some parts add up to; the shards do it by themselves.</summary>
    public Task MergeAsync(
        WindowLevel from, IReadOnlyList<(long Start, ulong Flush)> parts, WindowLevel to, long start, ulong tag, CancellationToken cancellationToken) =>
        client.RunAsync(
            $"""
            INSERT INTO {Table} ({Columns})
            SELECT toUInt8({(int)to}), toDateTime({start}, 'UTC'), {Keys}, toUInt64({tag}), all_probes, once, more, errors.1, errors.2, rtts, least, most, {Packed} FROM (
                SELECT {Keys}, sum(probes) AS all_probes, sum(dropped_once) AS once, sum(dropped_more) AS more, sumMap(error, error_count) AS errors,
                    sum(rtt_sum) AS rtts, minIf(rtt_min, rtt_min > 0) AS least, max(rtt_max) AS most, sumMap(bucket, population) AS buckets
                FROM (SELECT {Keys}, {Figures}, {SketchColumns} FROM {Table} WHERE {ConditionOf(from, parts)}) GROUP BY {Keys})
            """,
            cancellationToken);

    /// <summary>The rows of some parts, as a condition.</summary>
    public static string ConditionOf(WindowLevel level, IReadOnlyList<(long Start, ulong Flush)> parts)
    {
        // The range lets ClickHouse pass over what is outside of it; the list says what counts.
        var list = new StringBuilder();
        foreach (var (start, flush) in parts)
            list.Append(list.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"({start},{flush})");
        return $"level = {(int)level} AND start >= toDateTime({parts.Min(part => part.Start)}, 'UTC') AND start <= toDateTime({parts.Max(part => part.Start)}, 'UTC') AND (toUInt32(start), flush) IN ({list})";
    }

    private string FilterOf(WindowQuery query)
    {
        var filter = new StringBuilder();
        if (query.Series.Kind is { } kind) filter.Append(CultureInfo.InvariantCulture, $" AND kind = {(int)kind}");
        if (query.Series.Class is { } probeClass) filter.Append(CultureInfo.InvariantCulture, $" AND class = {(int)probeClass}");
        if (query.Series.Dscp is { } dscp) filter.Append(CultureInfo.InvariantCulture, $" AND dscp = {dscp}");
        if (query.Rows is { Count: 0 }) filter.Append(" AND 0");
        else if (query.Rows is { } rows) filter.Append(CultureInfo.InvariantCulture, $" AND row IN ({Commits.List(rows.Select(names.HashOf))})");
        return filter.ToString();
    }

    private static void Write(RowBinaryWriter writer, WindowRow row, ulong source, ulong cell, Measurement measurement, ulong tag)
    {
        writer.UInt8((int)row.Level);
        writer.DateTime(row.Start);
        writer.UInt8((int)row.Series.Kind);
        writer.UInt8((int)row.Series.Class);
        writer.UInt8(row.Series.Dscp);
        writer.UInt64(source);
        writer.UInt64(cell);
        writer.UInt64(tag);
        writer.UInt64((ulong)measurement.Probes);
        writer.UInt64((ulong)measurement.DroppedOnce);
        writer.UInt64((ulong)measurement.DroppedMore);
        WriteErrors(writer, measurement);
        writer.UInt64((ulong)measurement.RttSum);
        writer.UInt64((ulong)measurement.RttMin);
        writer.UInt64((ulong)measurement.RttMax);
        WriteSketch(writer, measurement.Rtts);
    }

    private static void WriteSketch(RowBinaryWriter writer, Sketch rtts)
    {
        var indexes = rtts.Indexes;
        var populations = rtts.Populations;
        writer.Length(indexes.Length);
        for (var i = 0; i < indexes.Length; i++) writer.Int16((short)(i == 0 ? indexes[0] : indexes[i] - indexes[i - 1]));
        writer.Length(populations.Length);
        var isLarge = false;
        foreach (var population in populations)
        {
            writer.UInt8((int)(population & 0xff));
            isLarge |= population > 0xff;
        }

        writer.Length(isLarge ? populations.Length : 0);
        if (!isLarge) return;
        foreach (var population in populations) writer.UInt32(checked((uint)(population >> 8)));
    }

    private static void WriteErrors(RowBinaryWriter writer, Measurement measurement)
    {
        if (measurement.Failures == 0)
        {
            writer.Length(0);
            writer.Length(0);
            return;
        }

        var errors = Enum.GetValues<ProbeError>().Where(error => measurement.FailuresOf(error) > 0).ToList();
        writer.Length(errors.Count);
        foreach (var error in errors) writer.UInt8((int)error);
        writer.Length(errors.Count);
        foreach (var error in errors) writer.UInt64((ulong)measurement.FailuresOf(error));
    }

    private void ReadRow(RowBinaryReader row, Run run)
    {
        var start = row.UInt32();
        var series = new SeriesKey((ProbeKind)row.UInt8(), (ProbeClass)row.UInt8(), (byte)row.UInt8());
        var (source, cell) = (names.Find(row.UInt64()), names.Find(row.UInt64()));
        _ = row.UInt64(); // probes: the sum of the parts that follow
        var measurement = new Measurement();
        measurement.AddDrops((long)row.UInt64(), (long)row.UInt64());
        ReadErrors(row, measurement);
        var (sum, min, max) = ((long)row.UInt64(), (long)row.UInt64(), (long)row.UInt64());
        var rtts = ReadSketch(row);
        measurement.AddRtts(sum, min, max, rtts, mayKeep: true);

        // A name that was added after this reading began: so was its row, by another collector, and it does not count yet.
        if (source is { } from && cell is { } to) run.Add(start, series, from, to, measurement);
    }

    private static void ReadErrors(RowBinaryReader row, Measurement measurement)
    {
        var errors = new int[row.Length()];
        for (var i = 0; i < errors.Length; i++) errors[i] = row.UInt8();
        var counts = row.Length();
        for (var i = 0; i < counts; i++)
        {
            var count = (long)row.UInt64();
            if (!Enum.IsDefined((ProbeError)errors[i])) throw new StoreException($"a stored window is damaged: error {errors[i]} is not known");
            measurement.AddFailures((ProbeError)errors[i], count);
        }
    }

    private static Sketch ReadSketch(RowBinaryReader row)
    {
        var indexes = new short[row.Length()];
        for (var i = 0; i < indexes.Length; i++) indexes[i] = row.Int16();
        var sketch = new Sketch(indexes.Length);
        var count = row.Length();
        for (var i = 0; i < count; i++) sketch.Add(indexes[i], (long)row.UInt64());
        return sketch;
    }

    /// <summary>Cells of one row that come one after the other.</summary>
    private sealed class Run(WindowLevel level, Action<WindowRow> visit)
    {
        private readonly SortedDictionary<int, Measurement> cells = [];
        private (long Start, SeriesKey Series, int Row) key;

        public void Add(long start, SeriesKey series, int row, int cell, Measurement measurement)
        {
            if (cells.Count > 0 && key != (start, series, row)) End();
            key = (start, series, row);
            if (!cells.TryAdd(cell, measurement)) cells[cell].Merge(measurement);
        }

        public void End()
        {
            if (cells.Count == 0) return;
            visit(new WindowRow(level, key.Start, key.Series, key.Row, [.. cells]));
            cells.Clear();
        }
    }
}
