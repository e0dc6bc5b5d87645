using Google.Protobuf;
using Pingmesh.Analysis;
using Pingmesh.Analysis.Ingest;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;
using Pingmesh.Store;

namespace Pingmesh.UnitTests.Analysis;

public class IngestPipelineTests
{
    private const long Start = CollectorRig.Start;

    private static readonly TimeRange Hour = new(Start - 3_600, Start + 3_600);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<MeasurementBatch>> Mistakes { get; } = new()
    {
        { "host:", batch => batch.Host = "not a name" },
        { "host:", batch => batch.Host = "" },
        { "epoch:", batch => batch.Epoch = 0 },
        { "sequence:", batch => batch.Sequence = 0 },
        { "sequence:", batch => batch.Sequence = ulong.MaxValue },
        { "agent_version:", batch => batch.AgentVersion = new string('x', 201) },
        { "source_ipv4:", batch => batch.SourceIpv4 = ByteString.CopyFrom(1, 2, 3) },
        { "source_ipv6:", batch => batch.SourceIpv6 = ByteString.CopyFrom(1, 2, 3, 4) },
        { "windows[0].length_s:", batch => batch.Windows[0].LengthS = 60 },
        { "windows[0].start_unix_s:", batch => batch.Windows[0].StartUnixS += 1 },
        { "windows[0].start_unix_s:", batch => batch.Windows[0].StartUnixS = Start + 620 },
        { "windows[0].start_unix_s:", batch => batch.Windows[0].StartUnixS = 600 },
        { "windows[0].start_unix_s:", batch => batch.Windows[0].StartUnixS = long.MinValue / 10 * 10 },
        { "windows[0].start_unix_s:", batch => batch.Windows[0].StartUnixS = long.MaxValue / 10 * 10 },
        { "windows[0].series[0].kind:", batch => batch.Windows[0].Series[0].Kind = 0 },
        { "windows[0].series[0].kind:", batch => batch.Windows[0].Series[0].Kind = 257 },
        { "windows[0].series[0].probe_class:", batch => batch.Windows[0].Series[0].ProbeClass = 99 },
        { "windows[0].series[0].dscp:", batch => batch.Windows[0].Series[0].Dscp = 64 },
        { "windows[0].series[0].columns: missing", batch => batch.Windows[0].Series[0].Columns = null },
        { "windows[0].series[0].columns: rtt_unit_ns", batch => batch.Windows[0].Series[0].Columns.RttUnitNs = 0 },
        { "windows[0].series[0].columns: an RTT", batch => batch.Windows[0].Series[0].Columns.RttUnitNs = 4_000_000_000 },
        { "windows[0]: more than", batch => batch.Windows[0].Series[0].Columns.FailureCount[0] = batch.Windows[0].Series[0].Columns.Probes[1] = 30_000 },
        { "windows: 200001 rows", batch => batch.Windows[0].Series[0].Columns.KeyDelta.Add(Enumerable.Repeat(1UL, 199_999)) },
        { "windows: 361;", batch => batch.Windows.Add(Enumerable.Repeat(new WindowMeasurements(), 360)) },
        { "windows[0].host_noise:", batch => batch.Windows[0].HostNoise = 128 },
        { "windows[0].worst_stall_us:", batch => batch.Windows[0].WorstStallUs = ulong.MaxValue },
        { "records[0].peer:", batch => batch.Records[0].Peer = ByteString.Empty },
        { "records[0].error:", batch => batch.Records[0].Error = 77 },
        { "records[0].started_unix_us:", batch => batch.Records[0].StartedUnixUs = 0 },
        { "records[0].peer_port:", batch => batch.Records[0].PeerPort = 65_536 },
        { "records[0].source_port:", batch => batch.Records[0].SourcePort = 65_536 },
        { "records[0].retransmissions:", batch => batch.Records[0].Retransmissions = 256 },
        { "records[0].loss_direction:", batch => batch.Records[0].LossDirection = 3 },
        { "records[0].rtt_ns:", batch => batch.Records[0].RttNs = ulong.MaxValue },
        { "records[0].confirms:", batch => batch.Records[0].Confirms = 101 },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public async Task Batch_is_refused_with_the_name_of_the_field_that_is_wrong(string problem, Action<MeasurementBatch> spoil)
    {
        await using var rig = await CollectorRig.StartAsync();
        var batch = Sample();
        spoil(batch);
        var result = await rig.SendAsync(batch);
        Assert.Equal(IngestStatus.Invalid, result.Status);
        Assert.StartsWith(problem, result.Problem, StringComparison.Ordinal);
        Assert.Equal(0, rig.Collector.Counts().JournalBatches);
        Assert.Equal(IngestStatus.Accepted, (await rig.SendAsync(Sample())).Status);
    }

    [Fact]
    public async Task Bytes_are_refused_when_they_are_no_batch()
    {
        await using var rig = await CollectorRig.StartAsync();
        var result = await rig.Collector.Ingest.AcceptAsync(new byte[] { 0xff, 0xff, 0xff });
        Assert.Equal(IngestStatus.Invalid, result.Status);
        Assert.Contains("no MeasurementBatch", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutated_batch_is_invalid_or_accepted_and_never_an_error()
    {
        await using var rig = await CollectorRig.StartAsync();
        var random = new Random(11);
        var valid = TestMesh.Batch(1, TestMesh.RandomProbes(random, Start - 60, 60, 3_000).Where(probe => probe.Source == "h1")).ToByteArray();
        var seen = new Dictionary<IngestStatus, int>();
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = valid.AsSpan(0, random.Next(10) == 0 ? random.Next(valid.Length) : valid.Length).ToArray();
            for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var result = await rig.Collector.Ingest.AcceptAsync(bytes);
            seen[result.Status] = seen.GetValueOrDefault(result.Status) + 1;
            Assert.Equal(result.Status == IngestStatus.Invalid, result.Problem is not null);
        }

        Assert.True(rig.Collector.Ingest.IsRunning);
        Assert.True(seen[IngestStatus.Invalid] > 100 && seen[IngestStatus.Accepted] > 0, string.Join(' ', seen));
        Assert.DoesNotContain(IngestStatus.Unavailable, seen.Keys);
        Assert.Equal(0, rig.Collector.Counts().Unreadable);
        await rig.Collector.FlushAsync(Cancellation);
        await rig.SlaAsync(SlaLevel.All, "all", Hour);
    }

    [Fact]
    public async Task Batch_is_a_duplicate_when_it_was_accepted_before_and_counts_once()
    {
        await using var rig = await CollectorRig.StartAsync();
        Assert.Equal(IngestStatus.Accepted, (await rig.SendAsync(Sample())).Status);
        await rig.Collector.FlushAsync(Cancellation);
        Assert.Equal(IngestStatus.Duplicate, (await rig.SendAsync(Sample())).Status);
        await rig.RestartAsync(cleanly: false);
        Assert.Equal(IngestStatus.Duplicate, (await rig.SendAsync(Sample())).Status);
        Assert.Equal(3, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        Assert.Equal(1, rig.Collector.Counts().Duplicate);
    }

    [Fact]
    public async Task Late_measurements_count_up_to_the_lateness_and_later_ones_are_left_out_and_counted()
    {
        var options = new CollectorOptions { Retention = new Retention { Lateness = TimeSpan.FromHours(2) } };
        await using var rig = await CollectorRig.StartAsync(options);
        await rig.AcceptAsync(TestMesh.Batch(
            1,
            TestMesh.Probe(1, 3, Start - 7_100, TestMesh.Good(100)),
            TestMesh.Probe(1, 3, Start - 7_300, TestMesh.Good(100)),
            TestMesh.Probe(1, 3, Start - 7_300, TestMesh.Failed()),
            TestMesh.Probe(1, 3, Start - 90_000, TestMesh.Good(100))));
        var day = new TimeRange(Start - 100_000, Start);
        Assert.Equal((1L, 3L, 1L), ((await rig.SlaAsync(SlaLevel.All, "all", day)).Probes, rig.Collector.Counts().LateProbes, rig.Collector.Counts().Probes));
        Assert.Empty(await rig.Collector.Evidence.ReadAsync(day, 10, cancellationToken: Cancellation));

        // What was left out stays so when the batch is read again from the journal.
        await rig.RestartAsync(cleanly: false);
        Assert.Equal(1, (await rig.SlaAsync(SlaLevel.All, "all", day)).Probes);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(-4, 0)]
    [InlineData(27, 30)]
    [InlineData(-3_594, -3_590)]
    public async Task Times_of_an_agent_whose_clock_is_off_are_corrected_by_whole_windows(int behind, int shift)
    {
        await using var rig = await CollectorRig.StartAsync();
        rig.Time.Advance(TimeSpan.FromHours(1));
        var now = Start + 3_600;
        var sent = TestMesh.Batch(1, TestMesh.Probe(1, 3, now - 20 - shift, TestMesh.Failed())).ToByteArray();
        Assert.Equal(IngestStatus.Accepted, (await rig.Collector.Ingest.AcceptAsync(sent, null, TimeSpan.FromSeconds(behind))).Status);
        await rig.RestartAsync(cleanly: false);
        Assert.Equal(1, (await rig.SlaAsync(SlaLevel.All, "all", new TimeRange(now - 20, now - 10))).Probes);
        var record = Assert.Single(await rig.Collector.Evidence.ReadAsync(new TimeRange(now - 100, now), 10, cancellationToken: Cancellation)).Record;
        Assert.Equal((now - 20) * 1_000_000L, record.StartedUnixMicroseconds);
    }

    [Fact]
    public async Task Batch_of_an_agent_whose_clock_is_hopelessly_wrong_is_refused_and_says_whose_it_is()
    {
        await using var rig = await CollectorRig.StartAsync();
        var result = await rig.Collector.Ingest.AcceptAsync(Sample().ToByteArray(), null, TimeSpan.FromHours(-3));
        Assert.Equal((IngestStatus.Invalid, "h1"), (result.Status, result.Origin?.Host));
        Assert.Contains("10800 s ahead of the server's", result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_is_refused_as_busy_when_too_many_wait()
    {
        using var gate = new ManualResetEventSlim();
        var options = new CollectorOptions { QueueLength = 4 };
        await using var rig = await CollectorRig.StartAsync(options, journalWrapper: journal => new SlowJournal(journal, gate));
        var first = rig.SendAsync(Sample(1));
        await WaitUntil(() => rig.Collector.Counts().Queued == 0);
        var waiting = Enumerable.Range(2, 4).Select(i => rig.SendAsync(Sample((ulong)i))).ToList();
        var refused = await rig.SendAsync(Sample(9));
        Assert.Equal(IngestStatus.Busy, refused.Status);
        Assert.False(first.IsCompleted);
        gate.Set();
        Assert.All(await Task.WhenAll(waiting.Append(first)), result => Assert.Equal(IngestStatus.Accepted, result.Status));
        Assert.Equal(IngestStatus.Accepted, (await rig.SendAsync(Sample(9))).Status);
    }

    [Fact]
    public async Task Batch_is_refused_as_busy_when_too_many_bytes_wait()
    {
        using var gate = new ManualResetEventSlim();
        var options = new CollectorOptions { QueueBytes = Sample().CalculateSize() };
        await using var rig = await CollectorRig.StartAsync(options, journalWrapper: journal => new SlowJournal(journal, gate));
        var first = rig.SendAsync(Sample(1));
        Assert.Equal(IngestStatus.Busy, (await rig.SendAsync(Sample(2))).Status);
        gate.Set();
        Assert.Equal(IngestStatus.Accepted, (await first).Status);
        Assert.Equal(IngestStatus.Accepted, (await rig.SendAsync(Sample(2))).Status);
    }

    [Fact]
    public async Task Batch_is_unavailable_when_the_journal_fails_and_accepted_when_it_works_again()
    {
        var journal = new FailingJournal();
        await using var rig = await CollectorRig.StartAsync(journalWrapper: inner => journal.Around(inner));
        journal.Fails = true;
        var result = await rig.SendAsync(Sample());
        Assert.Equal(IngestStatus.Unavailable, result.Status);
        Assert.Contains("disk is full", result.Problem, StringComparison.Ordinal);
        Assert.Equal(0, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
        journal.Fails = false;
        Assert.Equal(IngestStatus.Accepted, (await rig.SendAsync(Sample())).Status);
        Assert.Equal(3, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
    }

    [Fact]
    public async Task Batch_is_unavailable_once_the_collector_stopped_and_what_was_accepted_is_stored()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(Sample());
        Assert.True(await rig.Collector.StopAsync(Cancellation));
        Assert.Equal(IngestStatus.Unavailable, (await rig.SendAsync(Sample(2))).Status);
        Assert.False(rig.Collector.Ingest.IsRunning);
        Assert.Equal((0L, 0L), (rig.Collector.Counts().JournalBatches, rig.Collector.Counts().PendingBytes));
        Assert.Equal(3, (await rig.SlaAsync(SlaLevel.All, "all", Hour)).Probes);
    }

    [Fact]
    public async Task Waiting_batch_is_answered_when_the_collector_is_killed()
    {
        using var gate = new ManualResetEventSlim();
        var rig = await CollectorRig.StartAsync(journalWrapper: journal => new SlowJournal(journal, gate));
        var sent = Enumerable.Range(1, 5).Select(i => rig.SendAsync(Sample((ulong)i))).ToList();
        var dispose = rig.DisposeAsync();
        gate.Set();
        await dispose;
        Assert.All(await Task.WhenAll(sent), result => Assert.True(result.Status is IngestStatus.Accepted or IngestStatus.Unavailable));
    }

    [Fact]
    public async Task Memory_is_flushed_every_minute()
    {
        await using var rig = await CollectorRig.StartAsync();
        await rig.AcceptAsync(Sample());
        Assert.NotEqual(0L, rig.Collector.Counts().PendingBytes);
        await WaitUntil(() =>
        {
            rig.Time.Advance(TimeSpan.FromSeconds(61));
            return rig.Collector.Counts() is { Flushes: > 0, PendingBytes: 0, JournalBatches: 0 };
        });
    }

    [Fact]
    public async Task Memory_is_flushed_early_when_much_has_gathered()
    {
        await using var rig = await CollectorRig.StartAsync(new CollectorOptions { FlushBytes = 4_000 });
        for (var i = 1UL; i <= 20; i++) await rig.SendAsync(Sample(i));
        await WaitUntil(() => rig.Collector.Counts().Flushes > 0);
    }

    [Fact]
    public async Task Change_is_signalled_when_a_batch_came_in_and_when_time_moves_the_live_view_on()
    {
        await using var rig = await CollectorRig.StartAsync();
        var version = rig.Collector.Live.Version;
        var change = rig.Collector.Live.WaitForChangeAsync(version, Cancellation);
        Assert.False(change.IsCompleted);
        await rig.AcceptAsync(Sample());
        Assert.Equal(version + 1, await change.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        await WaitUntil(() =>
        {
            rig.Time.Advance(TimeSpan.FromSeconds(10));
            return rig.Collector.Live.Version > version + 1;
        });
    }

    internal static MeasurementBatch Sample(ulong sequence = 1) => TestMesh.Batch(
        sequence,
        TestMesh.Probe(1, 3, Start - 5, TestMesh.Good(250)),
        TestMesh.Probe(1, 3, Start - 4, TestMesh.Good(300)),
        TestMesh.Probe(1, 4, Start - 3, TestMesh.Failed(ProbeError.Refused)));

    internal static async Task WaitUntil(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "waited too long");
            await Task.Delay(5, Cancellation);
        }
    }
}
