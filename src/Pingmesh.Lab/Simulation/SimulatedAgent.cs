using System.Net;
using Google.Protobuf;
using Pingmesh.Agent.Aggregation;
using Pingmesh.Agent.Schedule;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Lab.Fabrics;

namespace Pingmesh.Lab.Simulation;

/// <summary>
/// An agent without packets: it follows its pinglist as the real one does, has its outcomes drawn, and makes its uploads with
/// the real one's own builder. Used by one thread at a time.
/// </summary>
internal sealed class SimulatedAgent
{
    // Linux sends a SYN again after 1 s, 3 s and 7 s (RFC 6298; tcp(7)).
    private static readonly long[] SynTimes = [0, 1_000_000_000, 3_000_000_000, 7_000_000_000];

    // A lost segment of an open connection is sent again after 200 ms or more.
    private const double SegmentTimeoutMicroseconds = 200_000;

    private const int HandshakeBytes = 60;
    private const int FirstPort = 32_768;
    private const int Ports = 28_232;

    private readonly FabricNode host;
    private readonly Fabric fabric;
    private readonly SimulationSettings settings;
    private readonly DcProfile profile;
    private readonly BatchBuilder builder;
    private readonly IReadOnlyList<IPAddress> sources;
    private readonly List<(PlannedTarget Target, FabricNode Peer, long Phase, long Interval)> targets = [];
    private readonly List<FabricLink> links = [];
    private RecordedOutcome[] outcomes = new RecordedOutcome[64];
    private int count;

    /// <summary>The agent of a host.</summary>
    public SimulatedAgent(Fabric fabric, FabricNode host, Pinglist pinglist, DcProfile profile, SimulationSettings settings, TimeProvider time)
    {
        this.fabric = fabric;
        this.host = host;
        this.profile = profile;
        this.settings = settings;
        builder = new BatchBuilder(host.Name, "simulated", SimulationRandom.Mix(settings.Seed ^ SimulationRandom.Hash(host.Name)) | 1, time);
        var plan = ProbePlan.From(pinglist, []);
        sources = plan.Sources;
        foreach (var group in plan.Groups)
        {
            foreach (var target in group.Targets)
            {
                if (fabric.Find(target.Name) is not { IsHost: true } peer || !CanDraw(target.Series.Kind)) continue;

                // Spread evenly, as the schedule does.
                var interval = (long)group.Interval.TotalMicroseconds;
                var random = new SimulationRandom(settings.Seed ^ 0x5CED, ((ulong)host.Index << 32) | (uint)targets.Count);
                targets.Add((target, peer, (long)(random.NextDouble() * interval), interval));
            }
        }
    }

    /// <summary>Name of its host.</summary>
    public string Host => host.Name;

    /// <summary>Its host.</summary>
    public FabricNode Node => host;

    /// <summary>Targets.</summary>
    public int Targets => targets.Count;

    /// <summary>What it measured, by class, since the start.</summary>
    public Dictionary<ProbeClass, Measurement> Totals { get; } = [];

    /// <summary>The upload of a window of 10 s; null when it measured nothing.</summary>
    public byte[]? Run(long windowStart, FaultEffects effects, HostFailures failures)
    {
        var elapsed = DateTimeOffset.FromUnixTimeSeconds(windowStart) - settings.Start;
        var random = new SimulationRandom(settings.Seed, ((ulong)windowStart << 24) ^ (uint)host.Index);
        var load = DcProfile.LoadAt(windowStart);
        count = 0;
        var (from, to) = (windowStart * 1_000_000, (windowStart + Windows.LiveSeconds) * 1_000_000);
        var begin = settings.Start.ToUnixTimeSeconds() * 1_000_000;
        foreach (var (target, peer, phase, interval) in targets)
        {
            var due = begin + phase + Math.Max(0, (from - begin - phase + interval - 1) / interval * interval);
            for (; due < to; due += interval)
            {
                if (due < from) continue;
                var again = target.Series.Kind == ProbeKind.Tcp ? target.Confirmation.Next() : (ushort)0;
                var outcome = Probe(target, peer, due, again, load, effects, failures.IsDown(peer.Index, elapsed), ref random);
                var confirms = target.Series.Kind == ProbeKind.Tcp ? target.Confirmation.Conclude(outcome) : (byte)0;
                if (count == outcomes.Length) Array.Resize(ref outcomes, count * 2);
                outcomes[count++] = new RecordedOutcome(target, outcome) { Confirms = confirms };
                if (confirms == 0) Total(target.Series.Class).Add(outcome);
            }
        }

        WindowMark[] marks = [];
        if (settings.HostNoisePerDay > 0 && random.NextDouble() < settings.HostNoisePerDay * Windows.LiveSeconds / 86_400)
            marks = [new WindowMark(windowStart, HostNoise.Stalled, 300_000 + random.Below(2_000_000))];
        return builder.Build(outcomes.AsSpan(0, count), sources, marks)?.ToByteArray();
    }

    private static bool CanDraw(ProbeKind kind) => kind is ProbeKind.Tcp or ProbeKind.TcpPayload or ProbeKind.Icmp or ProbeKind.Udp;

    private Measurement Total(ProbeClass probeClass)
    {
        if (!Totals.TryGetValue(probeClass, out var total)) Totals[probeClass] = total = new Measurement();
        return total;
    }

    private ProbeOutcome Probe(PlannedTarget target, FabricNode peer, long due, ushort again, double load, FaultEffects effects, bool peerIsDown, ref SimulationRandom random)
    {
        var kind = target.Series.Kind;
        var hasPorts = kind != ProbeKind.Icmp;
        var port = hasPorts ? (ushort)(FirstPort + random.Below(Ports)) : (ushort)0;

        // Drawn in any case, so that the other draws stay the same.
        if (again != 0) port = again;
        var isHandshake = kind is ProbeKind.Tcp or ProbeKind.TcpPayload;
        var bytes = HandshakeBytes + (isHandshake ? 0 : target.Shape.PayloadBytes);
        var flow = new Flow(host.Index, peer.Index, port, target.Port, target.Series.Dscp, bytes);
        var drops = target.Series.Class == ProbeClass.IntraPod ? profile.IntraPodDrops : profile.InterPodDrops;
        var attempts = 0;
        var firstLoss = LossDirection.Unknown;
        while (attempts < (isHandshake ? SynTimes.Length : 1) && SynTimes[attempts] < target.TimeoutNanoseconds)
        {
            var (fate, lost, delay) = peerIsDown ? (Fate.Lost, LossDirection.Unknown, 0) : RoundTrip(flow, load, drops, effects, ref random);
            if (fate.IsRefused) return Failed(due, port, ProbeError.HostUnreachable, attempts, firstLoss);
            if (!fate.HasArrived)
            {
                if (attempts++ == 0) firstLoss = lost;
                continue;
            }

            if (attempts > 0 && kind == ProbeKind.Tcp)
                return new ProbeOutcome { Target = 0, StartedUnixMicroseconds = due, SourcePort = port, Error = ProbeError.None, Retransmissions = (byte)attempts, LossDirection = firstLoss };
            var rtt = Draw(target, ref random, load) + delay;
            if (kind == ProbeKind.TcpPayload)
            {
                var waited = Echo(flow with { Bytes = HandshakeBytes + target.Shape.PayloadBytes }, load, drops, effects, target.TimeoutNanoseconds / 1_000.0, ref random);
                if (waited is null) return Failed(due, port, ProbeError.AnswerTimeout, attempts, firstLoss);
                rtt += waited.Value;
            }

            if (rtt * 1_000 > target.TimeoutNanoseconds) return Failed(due, port, ProbeError.Timeout, attempts, firstLoss);
            return new ProbeOutcome
            {
                Target = 0, StartedUnixMicroseconds = due, SourcePort = port, Error = ProbeError.None, Retransmissions = (byte)attempts, LossDirection = firstLoss,

                // The kernel counts whole microseconds.
                RttNanoseconds = attempts > 0 ? 0 : Math.Max(1, (long)rtt) * 1_000,
            };
        }

        return Failed(due, port, ProbeError.Timeout, Math.Max(0, attempts - 1), firstLoss);
    }

    private static ProbeOutcome Failed(long due, ushort port, ProbeError error, int retransmissions, LossDirection direction) =>
        new() { Target = 0, StartedUnixMicroseconds = due, SourcePort = port, Error = error, Retransmissions = (byte)retransmissions, LossDirection = direction };

    // Time that losses of an echoed payload cost, microseconds; null when it never came back.
    private double? Echo(in Flow flow, double load, double drops, FaultEffects effects, double timeout, ref SimulationRandom random)
    {
        var waited = 0.0;
        for (var wait = SegmentTimeoutMicroseconds; waited < timeout; wait *= 2)
        {
            var (fate, _, delay) = RoundTrip(flow, load, drops, effects, ref random);
            if (fate.HasArrived) return waited + delay;
            waited += wait;
        }

        return null;
    }

    private (Fate Fate, LossDirection Lost, double Delay) RoundTrip(in Flow flow, double load, double drops, FaultEffects effects, ref SimulationRandom random)
    {
        // What is lost in a healthy network is lost on either way alike.
        if (random.NextDouble() < drops) return (Fate.Lost, (random.Next() & 1) == 0 ? LossDirection.Forward : LossDirection.Return, 0);
        if (effects.IsNone) return (Fate.Arrives(0), LossDirection.Unknown, 0);
        var there = effects.Send(flow, load, links, ref random);
        if (!there.HasArrived) return (there, LossDirection.Forward, 0);
        var back = effects.Send(flow.Reversed(flow.Dscp), load, links, ref random);
        return back.HasArrived ? (back, LossDirection.Unknown, there.DelayMicroseconds + back.DelayMicroseconds) : (Fate.Lost, LossDirection.Return, 0);
    }

    private double Draw(PlannedTarget target, ref SimulationRandom random, double load)
    {
        var curve = target.Series.Kind == ProbeKind.TcpPayload ? profile.Payload : target.Series.Class == ProbeClass.IntraPod ? profile.IntraPod : profile.InterPod;
        var rtt = curve.At(random.NextDouble()) * load;
        return target.Series.Class == ProbeClass.InterDc ? rtt + DcProfile.InterDcMicroseconds : rtt;
    }
}
