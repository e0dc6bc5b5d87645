using System.Globalization;
using System.Net;
using Google.Protobuf;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;

namespace Pingmesh.Analysis.Ingest;

/// <summary>The times that measurements may have, Unix seconds.</summary>
/// <param name="Earliest">Earliest start of a window or probe.</param>
/// <param name="Latest">Latest start of a window or probe.</param>
internal readonly record struct TimeBounds(long Earliest, long Latest)
{
    /// <summary>Any time: for batches that were checked when they were accepted.</summary>
    public static readonly TimeBounds None = new(0, long.MaxValue / 2_000_000);
}

/// <summary>Reads the bytes of a MeasurementBatch and checks everything in them.</summary>
internal static class BatchReader
{
    /// <summary>The batch in <paramref name="body"/>, which it keeps.</summary>
    /// <exception cref="FormatException">It is none, or a field holds what it may not; the message names the field.</exception>
    /// <param name="body">The bytes.</param>
    /// <param name="times">The times that measurements may have; what is earlier is left out and counted.</param>
    /// <param name="shift">Seconds by which all times are shifted first, because the agent's clock is wrong.</param>
    public static CheckedBatch Read(ReadOnlyMemory<byte> body, TimeBounds times, long shift = 0)
    {
        MeasurementBatch batch;
        try
        {
            batch = MeasurementBatch.Parser.ParseFrom(body.Span);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new FormatException($"the body is no MeasurementBatch: {error.Message}", error);
        }

        if (!ScopeName.IsValid(batch.Host)) throw new FormatException($"host: '{Shown(batch.Host)}' is no valid name: {ScopeName.Rule}");
        if (batch.Epoch == 0) throw new FormatException("epoch: 0; an agent draws another number when it starts");
        if (batch.Sequence is 0 or >= long.MaxValue) throw new FormatException($"sequence: {batch.Sequence}; the first one of an epoch is 1");
        if (batch.AgentVersion.Length > BatchLimits.AgentVersionLength)
            throw new FormatException($"agent_version: longer than {BatchLimits.AgentVersionLength} characters");

        CheckCounts(batch);
        if (shift != 0) BatchTimes.Shift(batch, shift);
        var lateProbes = BatchTimes.RemoveLate(batch, times.Earliest, out var isShorter);

        // What is kept is what counts: a batch read again from the journal must come out the same.
        if (shift != 0 || isShorter) body = batch.ToByteArray();
        var series = ReadWindows(batch, times);
        var noisy = batch.Windows.Where(window => window.HostNoise != 0).MaxBy(window => window.StartUnixS);
        return new CheckedBatch
        {
            Host = batch.Host,
            Epoch = batch.Epoch,
            Sequence = (long)batch.Sequence,
            Origin = new BatchOrigin(batch.Host, batch.Epoch, batch.Sequence, batch.AgentVersion, batch.LostBatches, batch.LostProbes, noisy?.StartUnixS, (HostNoise)(noisy?.HostNoise ?? 0)),
            Body = body,
            SourceIPv4 = ReadAddress(batch.SourceIpv4, 4, "source_ipv4"),
            SourceIPv6 = ReadAddress(batch.SourceIpv6, 16, "source_ipv6"),
            Series = series,
            Records = RecordReader.Read(batch, times),
            Noise = [.. batch.Windows.Where(window => window.HostNoise != 0)
                .Select(window => new CheckedNoise(window.StartUnixS, (HostNoise)window.HostNoise, (long)window.WorstStallUs))],
            Probes = series.Sum(one => one.Rows.Sum(row => row.Value.Probes)),
            LateProbes = lateProbes,
            RecordsOmitted = (long)Math.Min(batch.RecordsOmitted, int.MaxValue),
        };
    }

    /// <summary>Throws unless a time is within bounds.</summary>
    internal static void CheckTime(long unixSeconds, TimeBounds times, string field)
    {
        if (unixSeconds < BatchLimits.OldestUnixSeconds && times != TimeBounds.None) throw new FormatException($"{field}: {Time(unixSeconds)} is long ago; is the agent's clock right?");
        if (unixSeconds > times.Latest)
            throw new FormatException($"{field}: {Time(unixSeconds)} is in the future; is the agent's clock right?");
    }

    private static void CheckCounts(MeasurementBatch batch)
    {
        if (batch.Windows.Count > BatchLimits.Windows)
            throw new FormatException($"windows: {batch.Windows.Count}; at most {BatchLimits.Windows} are taken");
        if (batch.Records.Count > BatchLimits.Records)
            throw new FormatException($"records: {batch.Records.Count}; at most {BatchLimits.Records} are taken");
    }

    private static List<CheckedSeries> ReadWindows(MeasurementBatch batch, TimeBounds times)
    {
        // Counted before anything is unpacked: a row takes 1 byte on the wire and 200 in memory.
        var rows = batch.Windows.Sum(window => window.Series.Sum(series => (long)(series.Columns?.KeyDelta.Count ?? 0)));
        if (rows > BatchLimits.Rows) throw new FormatException($"windows: {rows} rows in all; at most {BatchLimits.Rows} are taken");

        var all = new List<CheckedSeries>();
        for (var w = 0; w < batch.Windows.Count; w++) ReadWindow(batch.Windows[w], $"windows[{w}]", times, all);
        return all;
    }

    private static void ReadWindow(WindowMeasurements window, string field, TimeBounds times, List<CheckedSeries> all)
    {
        if (window.LengthS != Windows.LiveSeconds)
            throw new FormatException($"{field}.length_s: {window.LengthS}; a window is {Windows.LiveSeconds} s long");
        if (window.StartUnixS % Windows.LiveSeconds != 0)
            throw new FormatException($"{field}.start_unix_s: {window.StartUnixS} is no multiple of {Windows.LiveSeconds}");
        CheckTime(window.StartUnixS, times, $"{field}.start_unix_s");
        if (!HostNoiseNames.IsKnown(window.HostNoise)) throw new FormatException($"{field}.host_noise: {window.HostNoise} has bits that are no known sort");
        if (window.WorstStallUs > BatchLimits.StallMicroseconds)
            throw new FormatException($"{field}.worst_stall_us: {window.WorstStallUs}; at most {BatchLimits.StallMicroseconds} are taken");
        if (window.Series.Count > BatchLimits.SeriesPerWindow)
            throw new FormatException($"{field}.series: {window.Series.Count}; at most {BatchLimits.SeriesPerWindow} are taken");

        long probes = 0;
        for (var s = 0; s < window.Series.Count; s++)
        {
            var series = window.Series[s];
            var at = $"{field}.series[{s}]";
            var key = ReadKey(series.Kind, series.ProbeClass, series.Dscp, at);
            var rows = ReadRows(series.Columns, at);
            foreach (var (_, measurement) in rows)
            {
                if (measurement.Probes > BatchLimits.ProbesPerWindow || (probes += measurement.Probes) > BatchLimits.ProbesPerWindow)
                    throw new FormatException($"{field}: more than {BatchLimits.ProbesPerWindow} probes, the most an agent may send in a window");
                CheckRtts(measurement, series.Columns.RttUnitNs, at);
            }

            all.Add(new CheckedSeries(window.StartUnixS, key, rows, series.Columns.ToByteArray()));
        }
    }

    /// <summary>The key of kind, class and DSCP that must be known ones.</summary>
    internal static SeriesKey ReadKey(uint kind, uint probeClass, uint dscp, string field)
    {
        if (kind > byte.MaxValue || !Enum.IsDefined((ProbeKind)kind)) throw new FormatException($"{field}.kind: {kind} is no kind of probe");
        if (probeClass > byte.MaxValue || !Enum.IsDefined((ProbeClass)probeClass))
            throw new FormatException($"{field}.probe_class: {probeClass} is no class of probe");
        if (dscp > 63) throw new FormatException($"{field}.dscp: {dscp}; a DSCP is 0 to 63");
        return new SeriesKey((ProbeKind)kind, (ProbeClass)probeClass, (byte)dscp);
    }

    private static List<KeyValuePair<UInt128, Measurement>> ReadRows(Columns? columns, string field)
    {
        if (columns is null) throw new FormatException($"{field}.columns: missing");
        try
        {
            return ColumnsCodec.Decode(columns);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{field}.{error.Message}", error);
        }
    }

    private static void CheckRtts(Measurement measurement, uint unit, string field)
    {
        var count = measurement.Rtts.Count;
        if (measurement.RttMax > BatchLimits.RttNanoseconds)
            throw new FormatException($"{field}.columns: an RTT of {measurement.RttMax} ns; no probe waits longer than {BatchLimits.RttNanoseconds} ns");

        // Sum, minimum and maximum were rounded to the unit one by one.
        if (measurement.RttSum > count * (measurement.RttMax + unit) || measurement.RttSum + (count * (long)unit) < count * measurement.RttMin)
            throw new FormatException($"{field}.columns: rtt_sum does not fit the number of RTTs");
    }

    private static IPAddress? ReadAddress(ByteString bytes, int length, string field) =>
        bytes.Length == 0 ? null
        : bytes.Length == length ? new IPAddress(bytes.Span)
        : throw new FormatException($"{field}: {bytes.Length} bytes; it has {length} or none");

    private static string Shown(string text) => text.Length <= ScopeName.MaxLength ? text : text[..ScopeName.MaxLength] + "...";

    private static string Time(long unixSeconds) =>
        unixSeconds is < -62_135_596_800 or > 253_402_300_799
            ? unixSeconds.ToString(CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
