using System.Net;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Store;

/// <summary>What every engine of the store does; each engine runs it with a fixture of its own.</summary>
public abstract class MeasurementStoreContract(StoreFixture fixture) : IDisposable
{
    private const string Journal = "journal-1";
    private const long Minute = 1_700_000_040;
    private const long TenMinutes = 1_699_999_800;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Names_are_known_when_the_store_is_opened_again()
    {
        Name host = new(NameKind.Host, "a"), pod = new(NameKind.Pod, "d/p/a"), address = new(NameKind.Address, "a");
        using (var store = fixture.Open())
        {
            var first = await store.Measurements.AddNamesAsync([host, pod, host], Cancellation);
            Assert.Equal(first[0], first[2]);
            Assert.NotEqual(first[0], first[1]);
        }

        using var again = fixture.Open();
        var read = await again.Measurements.ReadNamesAsync(0, Cancellation);
        Assert.Equal([host, pod], read.Select(name => name.Name).OrderBy(name => name.Kind));
        var second = await again.Measurements.AddNamesAsync([address, pod, host], Cancellation);
        Assert.Equal(read.Single(name => name.Name == pod).Id, second[1]);
        Assert.Equal(read.Single(name => name.Name == host).Id, second[2]);
        Assert.Equal(3, second.Distinct().Count());
        Assert.Equal([new NumberedName(second[0], address)], await again.Measurements.ReadNamesAsync(read.Max(name => name.Id), Cancellation));
    }

    [Fact]
    public async Task Window_comes_back_as_it_was_written_when_it_holds_every_kind_of_value()
    {
        var measurement = Samples.Of(1, 1_499, 250_000, 9_999_999_999);
        measurement.AddDrops(3, 2);
        measurement.AddFailures(ProbeError.Timeout, 7);
        measurement.AddFailures(ProbeError.Refused, 1);
        var onlyFailed = new Measurement();
        onlyFailed.AddFailures(ProbeError.HostUnreachable, 1);
        using var store = await OpenAsync();
        await WriteAsync(store, 1, Samples.Row(WindowLevel.PodPair, Minute, 5, (2, Samples.Of(1_499)), (3, measurement), (20, onlyFailed)));

        var cells = await ReadAsync(store, new WindowQuery(WindowLevel.PodPair, Minute, Minute + 60));
        Samples.Equal(Samples.Of(1_499), cells[(Minute, 5, 2)]);
        Samples.Equal(measurement, cells[(Minute, 5, 3)]);
        Samples.Equal(onlyFailed, cells[(Minute, 5, 20)]);
    }

    [Fact]
    public async Task Windows_are_found_by_level_time_and_row()
    {
        using var store = await OpenAsync();
        await WriteAsync(
            store,
            1,
            Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))),
            Samples.Row(WindowLevel.PodPair, Minute, 2, (1, Samples.Of(2_000))),
            Samples.Row(WindowLevel.PodPair, Minute + 60, 1, (1, Samples.Of(3_000))),
            Samples.Row(WindowLevel.HostAsSource, Minute, 1, (1, Samples.Of(4_000))));

        Assert.Equal([(Minute, 1, 1), (Minute, 2, 1)], (await ReadAsync(store, new(WindowLevel.PodPair, Minute, Minute + 60))).Keys.Order());
        Assert.Equal([(Minute + 60, 1, 1)], (await ReadAsync(store, new(WindowLevel.PodPair, Minute + 1, Minute + 61))).Keys);
        Assert.Equal([(Minute, 2, 1)], (await ReadAsync(store, new(WindowLevel.PodPair, 0, long.MaxValue) { Rows = new HashSet<int> { 2 } })).Keys);
        Assert.Empty(await ReadAsync(store, new(WindowLevel.HostAsTarget, 0, long.MaxValue)));
    }

    [Fact]
    public async Task Flush_counts_once_when_it_is_written_again()
    {
        using var store = await OpenAsync();
        await WriteAsync(store, 10, Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))));
        await WriteAsync(store, 10, Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))));
        await WriteAsync(store, 9, Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))));

        Assert.Equal(1, (await ReadAsync(store, new(WindowLevel.PodPair, Minute, Minute + 60)))[(Minute, 1, 1)].Probes);
        Assert.Equal(10, (await store.Measurements.ReadMarksAsync(Cancellation)).Of(Journal));
        Assert.Equal(0, (await store.Measurements.ReadMarksAsync(Cancellation)).Of("another journal"));
    }

    [Fact]
    public async Task Flushes_of_two_journals_add_up()
    {
        using var store = await OpenAsync();
        var row = Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000)));
        await store.Measurements.WriteAsync(new Flush("one", 5, [row], [], []), Cancellation);
        await store.Measurements.WriteAsync(new Flush("two", 5, [row], [], []), Cancellation);
        Assert.Equal(2, (await ReadAsync(store, new(WindowLevel.PodPair, Minute, Minute + 60)))[(Minute, 1, 1)].Probes);
    }

    [Fact]
    public async Task Compaction_leaves_one_part_with_the_same_numbers()
    {
        using var store = await OpenAsync();
        await WriteAsync(store, 1, Samples.Row(WindowLevel.HostPair, TenMinutes, 1, (1, Samples.Of(1_000)), (4, Samples.Of(5_000))));
        await WriteAsync(store, 2, Samples.Row(WindowLevel.HostPair, TenMinutes, 1, (1, Samples.Of(2_000, 3_000)), (3, Samples.Of(7_000))));
        await WriteAsync(store, 3, Samples.Row(WindowLevel.HostPair, TenMinutes + 600, 1, (1, Samples.Of(9_000))));

        Assert.False(await store.Measurements.CompactAsync(TenMinutes + 599, Cancellation));
        Assert.InRange(await PartsAsync(store, TenMinutes), 1, 2);
        await CompactAllAsync(store, TenMinutes + 600);
        Assert.Equal(1, await PartsAsync(store, TenMinutes));

        await WriteAsync(store, 4, Samples.Row(WindowLevel.HostPair, TenMinutes, 1, (1, Samples.Of(4_000))));
        await CompactAllAsync(store, TenMinutes + 600);
        Assert.Equal(1, await PartsAsync(store, TenMinutes));
        var cells = await ReadAsync(store, new(WindowLevel.HostPair, TenMinutes, TenMinutes + 600));
        Samples.Equal(Samples.Of(1_000, 2_000, 3_000, 4_000), cells[(TenMinutes, 1, 1)]);
        Samples.Equal(Samples.Of(7_000), cells[(TenMinutes, 1, 3)]);
        Samples.Equal(Samples.Of(5_000), cells[(TenMinutes, 1, 4)]);
    }

    [Fact]
    public async Task Roll_ups_have_the_same_sums_as_what_they_are_made_of_also_when_data_comes_late()
    {
        using var store = await OpenAsync();
        var random = new Random(7);
        var day = Minute - (Minute % 86_400);
        long upTo = 0;
        var expected = new Dictionary<(int Row, int Cell), Measurement>();
        for (var i = 0; i < 20; i++) await WriteSomeAsync(day + (random.Next(24) * 3_600) + (random.Next(60) * 60));
        var whole = new WindowQuery(WindowLevel.PodPair, day, day + 86_400);
        foreach (var endedBy in new[] { day + 3_600, day + 80_000, day + 86_400 })
        {
            await CompactAllAsync(store, endedBy);
            await AssertSameAsync();
        }

        Assert.Equal([WindowLevel.PodPairDay], await LevelsAsync(whole with { LongestSeconds = 86_400 }));
        Assert.Equal([WindowLevel.PodPairHour], await LevelsAsync(whole with { LongestSeconds = 3_600 }));
        Assert.Equal([WindowLevel.PodPair], await LevelsAsync(whole));
        Assert.Equal([WindowLevel.PodPair, WindowLevel.PodPairHour], await LevelsAsync(new WindowQuery(WindowLevel.PodPair, day + 60, day + 86_340) { LongestSeconds = 86_400 }));

        await WriteSomeAsync(day + 36_000);
        Assert.DoesNotContain(WindowLevel.PodPairDay, await LevelsAsync(whole with { LongestSeconds = 86_400 }));
        await AssertSameAsync();
        await CompactAllAsync(store, day + 86_400);
        Assert.Equal([WindowLevel.PodPairDay], await LevelsAsync(whole with { LongestSeconds = 86_400 }));
        await AssertSameAsync();

        async Task WriteSomeAsync(long start)
        {
            var cells = Enumerable.Range(1, 6).Select(cell => (cell, Samples.Of(random.Next(1, 1_000_000), random.Next(1, 1_000_000)))).ToArray();
            foreach (var (cell, measurement) in cells) cells[cell - 1].Item2.AddFailures(ProbeError.Timeout, cell % 2);
            var row = random.Next(1, 4);
            await WriteAsync(store, ++upTo, Samples.Row(WindowLevel.PodPair, start, row, cells));
            foreach (var (cell, measurement) in cells) Add(expected, (row, cell), measurement);
        }

        async Task AssertSameAsync()
        {
            foreach (var (longest, merge) in new[] { (60, false), (3_600, false), (86_400, false), (60, true), (86_400, true) })
            {
                var sums = new Dictionary<(int, int), Measurement>();
                foreach (var (key, measurement) in await ReadAsync(store, whole with { LongestSeconds = longest, MayMergeTime = merge }, anyLevel: true))
                    Add(sums, (key.Row, key.Cell), measurement);
                Assert.Equal(expected.Keys.Order(), sums.Keys.Order());
                foreach (var (key, sum) in expected) Samples.Equal(sum, sums[key]);
            }
        }

        async Task<IEnumerable<WindowLevel>> LevelsAsync(WindowQuery query)
        {
            var levels = new SortedSet<WindowLevel>();
            await store.Measurements.ReadWindowsAsync(query, row => levels.Add(row.Level), Cancellation);
            return levels;
        }
    }

    [Fact]
    public async Task Only_series_and_rows_that_are_wanted_come()
    {
        using var store = await OpenAsync();
        SeriesKey icmp = new(ProbeKind.Icmp, ProbeClass.IntraPod, 0), marked = new(ProbeKind.Tcp, ProbeClass.IntraDc, 46);
        WindowRow tcp = Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000)));
        await WriteAsync(store, 1, tcp, tcp with { Series = icmp }, tcp with { Series = marked }, tcp with { Row = 2 }, tcp with { Row = 3 });
        var all = new WindowQuery(WindowLevel.PodPair, Minute, Minute + 60);
        Assert.Equal([icmp], await SeriesAsync(all with { Series = new(Kind: ProbeKind.Icmp) }));
        Assert.Equal([icmp], await SeriesAsync(all with { Series = new(Class: ProbeClass.IntraPod) }));
        Assert.Equal([marked], await SeriesAsync(all with { Series = new(Dscp: 46) }));
        Assert.Equal([Samples.IntraDc, Samples.IntraDc], await SeriesAsync(all with { Rows = new HashSet<int> { 2, 3 } }));
        Assert.Empty(await SeriesAsync(all with { Rows = new HashSet<int>() }));

        async Task<List<SeriesKey>> SeriesAsync(WindowQuery query)
        {
            var series = new List<SeriesKey>();
            await store.Measurements.ReadWindowsAsync(query, row => series.Add(row.Series), Cancellation);
            return series;
        }
    }

    [Fact]
    public async Task Evidence_comes_newest_first_and_only_what_is_asked_for()
    {
        using var store = await OpenAsync();
        var records = Enumerable.Range(0, 10).Select(i => Evidence(1_000_000 + i, source: 1 + (i % 2), target: 1 + (i % 3))).ToList();
        await store.Measurements.WriteAsync(new Flush(Journal, 1, [], records, []), Cancellation);

        var all = (await store.Measurements.ReadEvidenceAsync(new(0, long.MaxValue, 100), Cancellation)).Records;
        Assert.Equal(Enumerable.Reverse(records), all);
        var (some, marks) = await store.Measurements.ReadEvidenceAsync(new(1_000_001, 1_000_008, 2, Source: 2, Target: 2), Cancellation);
        Assert.Equal([records[7], records[1]], some);
        Assert.Equal(1, marks.Of(Journal));
    }

    [Fact]
    public async Task Noise_of_one_window_adds_up_over_flushes_and_only_what_is_asked_for_comes()
    {
        using var store = await OpenAsync();
        await store.Measurements.WriteAsync(new Flush(Journal, 1, [], [], [new(100, 1, HostNoise.Stalled, 300_000), new(110, 1, HostNoise.CpuSteal, 0)]), Cancellation);
        var second = new Flush(Journal, 2, [], [], [new(100, 1, HostNoise.ClockStepped, 200_000), new(100, 2, HostNoise.Stalled, 7), new(120, 1, HostNoise.Stalled, 9)]);
        await store.Measurements.WriteAsync(second, Cancellation);
        await store.Measurements.WriteAsync(second, Cancellation);
        var (records, marks) = await store.Measurements.ReadNoiseAsync(new(100, 120, 1), Cancellation);
        Assert.Equal(
            [new NoiseRecord(100, 1, HostNoise.Stalled | HostNoise.ClockStepped, 300_000), new(110, 1, HostNoise.CpuSteal, 0)],
            records.OrderBy(record => record.Start));
        Assert.Equal(2, marks.Of(Journal));
    }

    [Fact]
    public async Task Retention_deletes_what_is_too_old_at_its_own_level_only()
    {
        using var store = await OpenAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(Minute).AddDays(8);
        var recent = now.AddDays(-6).ToUnixTimeSeconds() / 600 * 600;
        await store.Measurements.WriteAsync(
            new Flush(
                Journal,
                1,
                [
                    Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))),
                    Samples.Row(WindowLevel.PodPair, recent, 1, (1, Samples.Of(1_000))),
                    Samples.Row(WindowLevel.HostPair, TenMinutes, 1, (1, Samples.Of(1_000))),
                ],
                [Evidence(Minute * 1_000_000, 1, 1), Evidence(recent * 1_000_000, 1, 1)],
                [new NoiseRecord(now.AddDays(-61).ToUnixTimeSeconds(), 1, HostNoise.Stalled, 1), new NoiseRecord(recent, 1, HostNoise.Stalled, 2)]),
            Cancellation);

        // What is not rolled up yet is not deleted.
        await CompactAllAsync(store, now.ToUnixTimeSeconds());
        while (await store.Measurements.ExpireAsync(new Retention(), now, Cancellation))
        {
        }

        Assert.Equal([(recent, 1, 1)], (await ReadAsync(store, new(WindowLevel.PodPair, 0, long.MaxValue))).Keys);
        Assert.Single(await ReadAsync(store, new(WindowLevel.HostPair, 0, long.MaxValue)));
        Assert.Single((await store.Measurements.ReadEvidenceAsync(new(0, long.MaxValue, 100), Cancellation)).Records);
        Assert.Equal([recent], (await store.Measurements.ReadNoiseAsync(new(0, long.MaxValue, 1), Cancellation)).Records.Select(record => record.Start));
    }

    [Fact]
    public async Task Reader_sees_one_state_when_a_flush_is_written_meanwhile()
    {
        using var store = await OpenAsync();
        await WriteAsync(store, 1, Samples.Row(WindowLevel.PodPair, Minute, 1, (1, Samples.Of(1_000))), Samples.Row(WindowLevel.PodPair, Minute, 2, (1, Samples.Of(1_000))));
        var seen = 0;
        var marks = await store.Measurements.ReadWindowsAsync(
            new(WindowLevel.PodPair, 0, long.MaxValue),
            _ =>
            {
                if (seen++ > 0) return;
                WriteAsync(store, 2, Samples.Row(WindowLevel.PodPair, Minute, 3, (1, Samples.Of(1_000)))).GetAwaiter().GetResult();
            },
            Cancellation);
        Assert.Equal(2, seen);
        Assert.Equal(1, marks.Of(Journal));
    }

    private static EvidenceRecord Evidence(long started, int source, int target) => new()
    {
        StartedUnixMicroseconds = started,
        Source = source,
        Target = target,
        Series = Samples.IntraDc,
        SourceAddress = source == 1 ? null : IPAddress.Parse("10.0.0.1"),
        SourcePort = 40_000,
        TargetAddress = IPAddress.Parse("2001:db8::1"),
        TargetPort = 58_100,
        Error = ProbeError.Timeout,
        Retransmissions = 3,
        LossDirection = LossDirection.Return,
        RttNanoseconds = 12,
    };

    // With names of the numbers that the tests use.
    private async Task<OpenedStore> OpenAsync()
    {
        var store = fixture.Open();
        var ids = await store.Measurements.AddNamesAsync([.. Enumerable.Range(1, 20).Select(i => new Name(NameKind.Host, $"host{i}"))], Cancellation);
        Assert.Equal(Enumerable.Range(1, 20), ids);
        return store;
    }

    private static void Add<TKey>(Dictionary<TKey, Measurement> sums, TKey key, Measurement measurement)
        where TKey : notnull
    {
        if (!sums.TryGetValue(key, out var sum)) sums[key] = sum = new Measurement();
        sum.Merge(measurement);
    }

    private static async Task WriteAsync(OpenedStore store, long upTo, params WindowRow[] rows) =>
        await store.Measurements.WriteAsync(new Flush(Journal, upTo, rows, [], []), Cancellation);

    private static async Task CompactAllAsync(OpenedStore store, long endedBy)
    {
        while (await store.Measurements.CompactAsync(endedBy, Cancellation))
        {
        }
    }

    private static async Task<int> PartsAsync(OpenedStore store, long start)
    {
        var parts = 0;
        await store.Measurements.ReadWindowsAsync(new(WindowLevel.HostPair, start, start + 1), _ => parts++, Cancellation);
        return parts;
    }

    private static async Task<Dictionary<(long Start, int Row, int Cell), Measurement>> ReadAsync(OpenedStore store, WindowQuery query, bool anyLevel = false)
    {
        var cells = new Dictionary<(long, int, int), Measurement>();
        await store.Measurements.ReadWindowsAsync(
            query,
            row =>
            {
                if (!anyLevel) Assert.Equal(query.Level, row.Level);
                Assert.Equal(Samples.IntraDc, row.Series);
                foreach (var (cell, measurement) in row.Cells)
                {
                    if (!cells.TryAdd((row.Start, row.Row, cell), measurement)) cells[(row.Start, row.Row, cell)].Merge(measurement);
                }
            },
            Cancellation);
        return cells;
    }
}
