using System.Net;
using Google.Protobuf;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Wire;
using Host = Pingmesh.Core.Topologies.Host;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>One probe of a test: who, whom, when (Unix seconds) and what became of it.</summary>
internal sealed record TestProbe(string Source, IPAddress Target, long At, ProbeOutcome Outcome, ProbeClass Class = ProbeClass.IntraDc);

/// <summary>Topologies, probes and uploads for tests.</summary>
internal static class TestMesh
{
    public const ulong Epoch = 7;

    /// <summary>2 data centers x 2 podsets x 2 pods x 2 hosts, named h1 to h16, with an IPv4 and an IPv6 address each.</summary>
    public static Topology Topology { get; } = Build(2, 2, 2, 2);

    public static Topology Build(int dcs, int podsets, int pods, int hosts)
    {
        var builder = new TopologyBuilder();
        var number = 0;
        for (var d = 1; d <= dcs; d++)
        {
            for (var s = 1; s <= podsets; s++)
            {
                for (var p = 1; p <= pods; p++)
                {
                    for (var h = 1; h <= hosts; h++)
                    {
                        number++;
                        builder.AddHost($"dc{d}", $"ps{s}", $"pod{p}", $"h{number}", [Address(number), IPAddress.Parse($"2001:db8::{number:x}")]);
                    }
                }
            }
        }

        return builder.Build();
    }

    public static IPAddress Address(int host) => new([10, (byte)(host >> 16), (byte)(host >> 8), (byte)host]);

    public static ProbeClass ClassOf(Host source, Host target) =>
        source.Pod == target.Pod ? ProbeClass.IntraPod : source.Pod.Podset.Dc == target.Pod.Podset.Dc ? ProbeClass.IntraDc : ProbeClass.InterDc;

    public static ProbeOutcome Good(long rttMicroseconds) => Outcome(ProbeError.None, 0, rttMicroseconds * 1_000);

    public static ProbeOutcome Dropped(byte retransmissions = 1) => Outcome(ProbeError.None, retransmissions, 0);

    public static ProbeOutcome Failed(ProbeError error = ProbeError.Timeout) => Outcome(error, 0, 0);

    public static TestProbe Probe(int source, int target, long at, ProbeOutcome outcome) => new(
        $"h{source}", Address(target), at, outcome, ClassOf(Topology.FindHost($"h{source}")!, Topology.FindHost($"h{target}")!));

    /// <summary>Random probes between random hosts in the <paramref name="seconds"/> after <paramref name="start"/>.</summary>
    public static List<TestProbe> RandomProbes(Random random, long start, int seconds, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => Probe(
            random.Next(1, Topology.Hosts.Count + 1),
            random.Next(1, Topology.Hosts.Count + 1),
            start + random.Next(seconds),
            random.Next(20) switch
            {
                0 => Failed((ProbeError)random.Next(1, 10)),
                1 => Dropped((byte)random.Next(1, 4)),
                _ => Good((long)(200 * Math.Exp(random.NextDouble() * 4))),
            })),
    ];

    public static Measurement Sum(IEnumerable<TestProbe> probes)
    {
        var sum = new Measurement();
        foreach (var probe in probes) sum.Add(probe.Outcome);
        return sum;
    }

    /// <summary>One upload of probes that share a source.</summary>
    public static MeasurementBatch Batch(ulong sequence, params IEnumerable<TestProbe> probes)
    {
        var all = probes.ToList();
        var batch = new MeasurementBatch
        {
            Host = all.Select(probe => probe.Source).Distinct().Single(),
            Epoch = Epoch,
            Sequence = sequence,
            AgentVersion = "test",
            SourceIpv4 = ByteString.CopyFrom(10, 0, 0, 1),
        };
        foreach (var window in all.GroupBy(probe => Pingmesh.Core.Windows.StartOf(probe.At, Pingmesh.Core.Windows.LiveSeconds)))
        {
            var measurements = new WindowMeasurements { StartUnixS = window.Key, LengthS = Pingmesh.Core.Windows.LiveSeconds };
            foreach (var series in window.GroupBy(probe => probe.Class))
            {
                var rows = series.GroupBy(probe => AddressKey.Of(probe.Target)).OrderBy(peer => peer.Key)
                    .Select(peer => KeyValuePair.Create(peer.Key, Sum(peer))).ToList();
                measurements.Series.Add(new Series { Kind = 1, ProbeClass = (uint)series.Key, Columns = ColumnsCodec.Encode(rows, 1_000) });
            }

            batch.Windows.Add(measurements);
        }

        batch.Records.Add(all.Where(probe => !probe.Outcome.Succeeded || probe.Outcome.Dropped).Select(RecordOf));
        return batch;
    }

    private static ProbeRecord RecordOf(TestProbe probe) => new()
    {
        StartedUnixUs = probe.At * 1_000_000,
        Kind = 1,
        ProbeClass = (uint)probe.Class,
        Peer = ByteString.CopyFrom(probe.Target.GetAddressBytes()),
        PeerPort = 58_100,
        SourcePort = 40_000,
        Error = (uint)probe.Outcome.Error,
        Retransmissions = probe.Outcome.Retransmissions,
    };

    private static ProbeOutcome Outcome(ProbeError error, byte retransmissions, long rtt) => new()
    {
        Target = 0, StartedUnixMicroseconds = 0, SourcePort = 1, Error = error, Retransmissions = retransmissions, RttNanoseconds = rtt,
    };
}
