using System.Net;
using Google.Protobuf;
using Pingmesh.Agent;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Wire;
using static Pingmesh.UnitTests.Agent.Outcomes;
using static Pingmesh.UnitTests.Agent.Pinglists;

namespace Pingmesh.UnitTests.Agent;

public class BatchBuilderTests
{
    private readonly VirtualTime time = new();
    private readonly BatchBuilder builder;

    public BatchBuilderTests() => builder = new BatchBuilder("h", "0.1", 77, time);

    [Fact]
    public void Batch_says_who_when_and_from_where_and_counts_up()
    {
        var target = Plan(Group(1)).Targets[0];
        Assert.Null(builder.Build([], []));
        var batch = builder.Build([Good(target)], [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fd00::7")])!;
        Assert.Equal(("h", 77UL, 1UL, "0.1"), (batch.Host, batch.Epoch, batch.Sequence, batch.AgentVersion));
        Assert.Equal(time.GetUtcNow(), DateTimeOffset.UnixEpoch.AddMicroseconds(batch.CreatedUnixUs));
        Assert.Equal([10, 1, 2, 3], batch.SourceIpv4.ToByteArray());
        Assert.Equal(IPAddress.Parse("fd00::7").GetAddressBytes(), batch.SourceIpv6.ToByteArray());
        var next = builder.Build([Good(target)], [])!;
        Assert.Equal((2UL, 0, 0), (next.Sequence, next.SourceIpv4.Length, next.SourceIpv6.Length));
    }

    [Fact]
    public void Outcomes_are_merged_by_window_series_and_peer_and_decode_to_the_same_counts_and_rtts()
    {
        var random = new Random(11);
        var targets = Plan(
            Group(20), Group(20, probeClass: "intra-pod", first: 500), Group(20, dscp: 46),
            Group(1, first: 900) with { Peers = [new("p", "fd00::1"), new("q", "fd00::2")] }).Targets;
        var outcomes = new List<RecordedOutcome>();
        for (var i = 0; i < 3_000; i++)
        {
            var target = targets[random.Next(targets.Count)];
            var second = random.NextDouble() * 30;
            outcomes.Add(random.Next(20) switch
            {
                0 => Failed(target, random.Next(2) == 0 ? ProbeError.Timeout : ProbeError.Refused, second),
                1 => Dropped(target, (byte)random.Next(1, 4), second),
                _ => Good(target, random.Next(50, 90_000), second),
            });
        }

        var expected = new Dictionary<(long, SeriesKey, UInt128), Measurement>();
        foreach (var (target, outcome) in outcomes)
        {
            var window = outcome.StartedUnixMicroseconds / 10_000_000 * 10;
            var key = (window, target.Series, target.Key);
            if (!expected.TryGetValue(key, out var measurement)) expected[key] = measurement = new Measurement();
            measurement.Add(outcome);
        }

        var batch = builder.Build(outcomes.ToArray(), [])!;
        batch = MeasurementBatch.Parser.ParseFrom(batch.ToByteArray());
        Assert.Equal([Start, Start + 10, Start + 20], batch.Windows.Select(window => window.StartUnixS));
        Assert.Equal([(3, 10U), (3, 10U), (3, 10U)], batch.Windows.Select(window => (window.Series.Count, window.LengthS)));
        var decoded = batch.Windows.SelectMany(window => window.Series.SelectMany(series => ColumnsCodec.Decode(series.Columns)
            .Select(row => ((window.StartUnixS, KeyOf(series), row.Key), row.Value)))).ToDictionary();
        Assert.Equal(expected.Keys.ToHashSet(), decoded.Keys.ToHashSet());
        foreach (var (key, measurement) in expected) AssertSame(measurement, decoded[key]);
    }

    [Fact]
    public void Probe_belongs_to_the_window_it_was_started_in()
    {
        var target = Plan(Group(1)).Targets[0];
        var batch = builder.Build([Good(target, second: 10), Good(target, second: 9.999_999), Good(target, second: 0)], [])!;
        Assert.Equal([Start, Start + 10], batch.Windows.Select(window => window.StartUnixS));
        Assert.Equal([2L, 1L], batch.Windows.Select(window => ColumnsCodec.Decode(window.Series[0].Columns)[0].Value.Probes));
    }

    [Fact]
    public void Every_notable_probe_is_kept_in_full_and_one_good_one_in_256_also_across_batches()
    {
        var target = Plan(Group(1)).Targets[0];
        Assert.Equal(5_000_000, target.SlowNanoseconds);
        var batch = builder.Build(
            [.. Enumerable.Range(0, 200).Select(_ => Good(target)), Failed(target), Dropped(target, 2), Good(target, 5_000), Good(target, 4_999)], [])!;
        Assert.Equal([1U, 0U, 0U], batch.Records.Select(record => record.Error));
        Assert.Equal([2U, 2U, 0U], batch.Records.Select(record => record.Retransmissions));
        Assert.Equal([0UL, 0UL, 5_000_000UL], batch.Records.Select(record => record.RttNs));
        var dropped = batch.Records[1];
        Assert.Equal((2U, 1U, 2U, 0U), (dropped.LossDirection, dropped.Kind, dropped.ProbeClass, dropped.Dscp));
        Assert.Equal((58_100U, 40_000U), (dropped.PeerPort, dropped.SourcePort));
        Assert.Equal([10, 0, 0, 0], dropped.Peer.ToByteArray());
        Assert.Equal((Start * 1_000_000) + 1_000_000, dropped.StartedUnixUs);

        // 201 good ones so far: 55 more make 256.
        Assert.Single(builder.Build([.. Enumerable.Range(0, 55).Select(_ => Good(target))], [])!.Records);
        Assert.Equal(10, builder.Build([.. Enumerable.Range(0, 2_560).Select(_ => Good(target))], [])!.Records.Count);
    }

    [Fact]
    public void Records_are_capped_and_the_notable_ones_left_out_are_counted()
    {
        var target = Plan(Group(1)).Targets[0];
        var outcomes = Enumerable.Range(0, 1_200).Select(_ => Failed(target)).Concat(Enumerable.Range(0, 600).Select(_ => Good(target)));
        var batch = builder.Build([.. outcomes], [])!;
        Assert.Equal((1_000, 200UL), (batch.Records.Count, batch.RecordsOmitted));
        Assert.Equal(0UL, builder.Build([Failed(target)], [])!.RecordsOmitted);
    }

    [Fact]
    public void Upload_costs_at_most_four_bytes_a_probe()
    {
        // A fleet of 50 pods of 50 hosts; RTTs as within a data center: a floor, log-normal queueing, a few slow ones.
        var random = new Random(2015);
        var peers = Enumerable.Range(0, 2_500).Select(i => new Pingmesh.Core.Pinglists.Peer($"p{i}", $"10.0.{i / 50}.{(i % 50) + 1}")).ToList();
        var targets = Plan(Group(0) with { Peers = peers }).Targets;
        var outcomes = targets.Select(target =>
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return Good(target, (long)(120 + (100 * Math.Exp(0.6 * normal))), random.NextDouble() * 9.9);
        }).ToArray();
        var batch = builder.Build(outcomes, [IPAddress.Parse("10.0.0.1")])!;
        var bytes = ServerClient.Gzip(batch.ToByteArray()).Length;
        TestContext.Current.SendDiagnosticMessage($"upload: {bytes / 2_500.0:F2} bytes a probe");
        Assert.Equal(2_500, ColumnsCodec.Decode(Assert.Single(Assert.Single(batch.Windows).Series).Columns).Count);
        Assert.InRange(bytes / 2_500.0, 0.5, 4);
    }

    private static SeriesKey KeyOf(Series series) => new((ProbeKind)series.Kind, (ProbeClass)series.ProbeClass, (byte)series.Dscp);

    private static void AssertSame(Measurement expected, Measurement actual)
    {
        Assert.Equal(
            (expected.Probes, expected.Failures, expected.DroppedOnce, expected.DroppedMore),
            (actual.Probes, actual.Failures, actual.DroppedOnce, actual.DroppedMore));
        Assert.Equal(expected.FailuresOf(ProbeError.Refused), actual.FailuresOf(ProbeError.Refused));
        Assert.Equal((expected.RttSum, expected.RttMin, expected.RttMax), (actual.RttSum, actual.RttMin, actual.RttMax));
        Assert.Equal(expected.Rtts.Indexes.ToArray(), actual.Rtts.Indexes.ToArray());
        Assert.Equal(expected.Rtts.Populations.ToArray(), actual.Rtts.Populations.ToArray());
    }
}
