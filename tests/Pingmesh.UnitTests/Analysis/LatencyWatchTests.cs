using Microsoft.Extensions.Logging.Abstractions;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Regressions;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>A mesh of 16 hosts (h1 to h4 are dc1/ps1) that is measured for half an hour of two days, and at the same time of the third.</summary>
public sealed class LatencyWatchTests : IAsyncDisposable
{
    private const long Start = CollectorRig.Start;
    private const long Day = 86_400;
    private const long HalfHour = 1_800;

    private readonly Random random = new(7);
    private CollectorRig rig = null!;
    private IncidentBook book = null!;
    private LatencyWatch watch = null!;
    private ulong sequence;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        book.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Rise_that_comes_each_night_is_no_incident_and_the_same_rise_at_noon_is_one()
    {
        await BeginAsync();
        var noon = 4 * 3_600;
        for (var day = 0; day < 2; day++)
        {
            await FeedAsync(Start + (day * Day), HalfHour, Backup);
            await FeedAsync(Start + (day * Day) + noon, HalfHour, Usual);
        }

        await FeedAsync(Start + (2 * Day), 600, Backup);
        await LookAsync(Start + (2 * Day) + 600, 6, Backup);
        Assert.Empty(book.Current);

        await FeedAsync(Start + (2 * Day) + noon, 600, Usual);
        await LookAsync(Start + (2 * Day) + noon + 600, 3, Usual);
        Assert.Empty(book.Current);
        await LookAsync(Start + (2 * Day) + noon + 780, 6, Backup);
        var incident = Assert.Single(book.Current);
        Assert.Equal((IncidentKind.Latency, "dc1/ps1", IncidentState.Confirmed, "leaf"), (incident.Kind, incident.Scope, incident.State, incident.Tier));
        Assert.InRange(incident.Figures.P99Microseconds!.Value, 1_500, 2_600);
        Assert.InRange(incident.Figures.UsualP99Microseconds!.Value, 480, 600);
        Assert.Contains("at this time of day on the 2 days before", incident.Summary, StringComparison.Ordinal);
        Assert.InRange(incident.Onset.ToUnixTimeSeconds(), Start + (2 * Day) + noon + 600, Start + (2 * Day) + noon + 1_000);
        Assert.True(watch.Follows(incident.Id));
    }

    [Fact]
    public async Task Incident_ends_by_itself_when_the_P99_has_come_back_and_detection_leaves_it_alone_meanwhile()
    {
        await BeginAsync();
        await FeedAsync(Start, 7_200, Usual);
        await LookAsync(Start + 7_200, 5, Backup);
        var incident = Assert.Single(book.Current);
        Assert.Contains("in the hour before", incident.Summary, StringComparison.Ordinal);
        var detector = new Detector(() => new ServiceMap(rig.Topology, []), null, book, rig.Time, NullLogger<Detector>.Instance, new DetectorOptions { Orphaned = TimeSpan.FromSeconds(1) }) { LatencyWatch = watch };
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        detector.Look(Cancellation);
        Assert.Equal(IncidentState.Confirmed, Assert.Single(book.Current).State);

        await LookAsync(Start + 7_560, 6, Usual);
        Assert.Equal(IncidentState.Mitigated, Assert.Single(book.Current).State);
        await LookAsync(Start + 7_920, 5, Usual);
        Assert.Equal(IncidentState.Resolved, Assert.Single(book.Current).State);
        Assert.False(watch.Follows(incident.Id));
    }

    [Fact]
    public async Task Host_is_named_when_without_it_the_P99_is_back()
    {
        await BeginAsync();
        await FeedAsync(Start, 7_200, Usual);
        await LookAsync(Start + 7_200, 12, (source, target) => source == 3 || target == 3 ? TestMesh.Good(2_000) : Usual(source, target));
        var incident = Assert.Single(book.Current);
        Assert.Equal((IncidentKind.SlowHost, "h3", "host"), (incident.Kind, incident.Scope, incident.Tier));
        Assert.Equal("h3", Assert.Single(incident.Suspects).Name);
        Assert.Equal(IncidentState.Confirmed, incident.State);
    }

    [Fact]
    public async Task Whole_dc_is_named_when_all_its_podsets_have_risen()
    {
        await BeginAsync();
        await FeedAsync(Start, 7_200, Usual);
        await LookAsync(Start + 7_200, 5, (source, target) => source <= 8 && target <= 8 ? TestMesh.Good(900) : Usual(source, target));
        Assert.Equal([(IncidentKind.Latency, "dc1")], book.Current.Select(one => (one.Kind, one.Scope)));
    }

    [Theory]
    [InlineData(false, IncidentKind.PayloadLatency)]
    [InlineData(true, IncidentKind.Latency)]
    public async Task Payloads_tell_of_themselves_only_when_handshakes_have_not_risen(bool handshakesToo, IncidentKind kind)
    {
        await BeginAsync();
        await FeedAsync(Start, 4_800, Usual);
        await FeedAsync(Start, 4_800, Usual, ProbeKind.TcpPayload);
        for (var minute = 0; minute < 6; minute++)
        {
            var at = Start + 4_800 + (minute * 60);
            await FeedAsync(at, 60, Backup, ProbeKind.TcpPayload);
            await LookAsync(at, 1, handshakesToo ? Backup : Usual);
        }

        Assert.Equal([(kind, "dc1/ps1")], book.Current.Select(one => (one.Kind, one.Scope)));
    }

    [Fact]
    public async Task Nothing_is_opened_when_another_incident_accounts_for_it()
    {
        await BeginAsync();
        await FeedAsync(Start, 7_200, Usual);
        var now = DateTimeOffset.FromUnixTimeSeconds(Start + 7_200);
        book.Change("known", _ => new Incident
        {
            Id = "known", Key = "loss|handshakes|tor|dc1/ps1", Version = 1, Kind = IncidentKind.SilentDrops, State = IncidentState.Confirmed, Scope = "dc1/ps1", Tier = "leaf", Summary = "",
            Onset = now, Detected = now, LastSymptom = now, Radius = new BlastRadius(0, 0, 0, []), Figures = new IncidentFigures(1, 1, 1, 1, 1, 0),
        });
        await LookAsync(Start + 7_200, 8, Backup);
        Assert.Equal(["known"], book.Current.Select(one => one.Id));
    }

    [Fact]
    public async Task Few_probes_and_an_unchanged_mesh_are_silent()
    {
        await BeginAsync();
        await FeedAsync(Start, 7_200, Usual);
        await LookAsync(Start + 7_200, 10, (source, target) => source == 5 && target == 6 && random.Next(4) == 0 ? TestMesh.Good(4_000) : Usual(source, target));
        Assert.Empty(book.Current);
        var look = await watch.LookAsync(Cancellation);
        Assert.Equal(14, look.Scopes);
    }

    private static bool IsOfPs1(int source, int target) => source <= 4 || target <= 4;

    private ProbeOutcome Usual(int source, int target) => TestMesh.Good((long)(200 * Math.Exp(random.NextDouble())));

    // Every eighth RTT of the podset is long, but below any fixed limit.
    private ProbeOutcome Backup(int source, int target) =>
        IsOfPs1(source, target) && random.Next(8) == 0 ? TestMesh.Good(1_500 + random.Next(1_000)) : Usual(source, target);

    private async Task BeginAsync()
    {
        rig = await CollectorRig.StartAsync();
        book = await IncidentBook.OpenAsync(new MemoryDocuments(), rig.Time, Cancellation);
        watch = rig.Collector.WatchLatency(book);
    }

    // Every host probes every other each 20 s.
    private async Task FeedAsync(long begin, long seconds, Func<int, int, ProbeOutcome> outcome, ProbeKind kind = ProbeKind.Tcp)
    {
        var late = begin + seconds - rig.Time.GetUtcNow().ToUnixTimeSeconds();
        if (late > 0) rig.Time.Advance(TimeSpan.FromSeconds(late));
        var batches = new List<MeasurementBatch>();
        for (var source = 1; source <= 16; source++)
        {
            foreach (var part in Enumerable.Range(0, (int)(seconds / 20)).Chunk(90))
            {
                var probes = from step in part
                             from target in Enumerable.Range(1, 16)
                             where target != source
                             select TestMesh.Probe(source, target, begin + (step * 20) + (target % 20), outcome(source, target));
                var batch = TestMesh.Batch(++sequence, probes);
                foreach (var series in batch.Windows.SelectMany(window => window.Series)) series.Kind = (uint)kind;
                batches.Add(batch);
            }
        }

        await rig.AcceptAsync(batches);
    }

    private async Task LookAsync(long from, int minutes, Func<int, int, ProbeOutcome> outcome)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            await FeedAsync(from + (minute * 60), 60, outcome);
            await watch.LookAsync(Cancellation);
        }
    }
}
