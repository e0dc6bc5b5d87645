using System.Globalization;
using System.Net.Sockets;
using Pingmesh.Core;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>One graph of a mesh: who probes whom, and how. Immutable; see <see cref="Validate"/>.</summary>
public sealed record MeshGraph
{
    /// <summary>Most <see cref="InterDcHosts"/> and <see cref="RegionHosts"/>.</summary>
    public const int MaxHosts = 100;

    /// <summary>The paper's graph with the paper's probe: TCP to the responder, every 10 s.</summary>
    public static MeshGraph Default { get; } = new();

    /// <summary>Name, unique in the mesh.</summary>
    public string Name { get; init; } = "mesh";

    /// <summary>Who probes whom.</summary>
    public GraphShape Shape { get; init; } = GraphShape.ThreeLevels;

    /// <summary>The hosts of the graph; both ends are among them, but for targets.</summary>
    public ScopePattern Scope { get; init; } = ScopePattern.All;

    /// <summary>Kind of probe. Between hosts those that agents answer: <c>tcp</c>, <c>tcp-payload</c>, <c>icmp</c>, <c>udp</c>, <c>http</c>.</summary>
    public ProbeKind Kind { get; init; } = ProbeKind.Tcp;

    /// <summary>Time between two probes of one peer, <see cref="HardLimits.MinProbeInterval"/> to <see cref="HardLimits.MaxProbeInterval"/>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe waits, 1 ms to <see cref="HardLimits.MaxProbeTimeout"/> and less than the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>RTT from which a probe is kept as evidence for being slow, 1 us to 10 s (default: the paper's P99 threshold, section 4.3).</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The peers' port, 1 to 65535; of targets 0 for the kind's own.</summary>
    public int Port { get; init; } = Ports.Responder;

    /// <summary>QoS as DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Bytes of payload, 0 to <see cref="HardLimits.MaxPayloadBytes"/>; 0 for the kind's default.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Whether packets must not be fragmented (<c>icmp</c>, <c>udp</c>).</summary>
    public bool DontFragment { get; init; }

    /// <summary>The family probed; null for the first that both ends have.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>First source port to sweep; 0 leaves the port to the kernel.</summary>
    public int SourcePortFrom { get; init; }

    /// <summary>Last source port to sweep; 0 leaves the port to the kernel.</summary>
    public int SourcePortTo { get; init; }

    /// <summary>Of <see cref="GraphShape.ThreeLevels"/>: host pairs for each ordered pair of pods in different data centers, 1 to <see cref="MaxHosts"/>.</summary>
    public int InterDcHosts { get; init; } = 1;

    /// <summary>Of <see cref="GraphShape.Regions"/>: the label that names a host's region; null for its data center.</summary>
    public string? RegionLabel { get; init; }

    /// <summary>Of <see cref="GraphShape.Regions"/>: hosts of a region that take part, 1 to <see cref="MaxHosts"/>.</summary>
    public int RegionHosts { get; init; } = 2;

    /// <summary>Of <see cref="GraphShape.Targets"/>: what is probed.</summary>
    public IReadOnlyList<StaticTarget> Targets { get; init; } = [];

    /// <summary>Of <see cref="GraphShape.Targets"/>: hosts of each pod that probe, spread over the pod; 0 for all.</summary>
    public int SourcesPerPod { get; init; }

    /// <summary>Of <see cref="GraphShape.Targets"/>: <c>vip</c> or <c>external</c>.</summary>
    public ProbeClass TargetClass { get; init; } = ProbeClass.External;

    /// <summary>Of names: whether every address is probed, or one.</summary>
    public bool EveryAddress { get; init; }

    /// <summary>What an <c>http</c> probe asks for and expects.</summary>
    public HttpCheck? Http { get; init; }

    /// <summary>What a probe over TLS expects.</summary>
    public TlsCheck? Tls { get; init; }

    /// <summary>What a <c>dns</c> probe asks for and expects.</summary>
    public DnsCheck? Dns { get; init; }

    /// <summary>What a <c>grpc</c> probe asks for.</summary>
    public GrpcCheck? Grpc { get; init; }

    /// <summary>What is impossible about this graph, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Check(Interval >= HardLimits.MinProbeInterval && Interval <= HardLimits.MaxProbeInterval,
            $"The interval is {Seconds(Interval)}; use {Seconds(HardLimits.MinProbeInterval)} to {Seconds(HardLimits.MaxProbeInterval)}.");
        Check(Timeout >= TimeSpan.FromMilliseconds(1) && Timeout <= HardLimits.MaxProbeTimeout,
            $"The timeout is {Seconds(Timeout)}; use 0.001 s to {Seconds(HardLimits.MaxProbeTimeout)}.");
        Check(Timeout < Interval, $"The timeout, {Seconds(Timeout)}, is not shorter than the interval, {Seconds(Interval)}; shorten it.");
        Check(SlowThreshold >= TimeSpan.FromMicroseconds(1) && SlowThreshold <= TimeSpan.FromSeconds(10),
            $"The slow threshold is {Seconds(SlowThreshold)}; use 0.000001 s to 10 s.");
        Check(Port is >= 1 and <= 65535 || (Port == 0 && Shape == GraphShape.Targets), $"The port is {Port}; use 1 to 65535.");
        Check(Dscp <= 63, $"The DSCP is {Dscp}; use 0 to 63.");
        Check(PayloadBytes is >= 0 and <= HardLimits.MaxPayloadBytes, $"The payload is {PayloadBytes} bytes; use 0 to {HardLimits.MaxPayloadBytes}.");
        Check(PayloadBytes == 0 || Kind is ProbeKind.TcpPayload or ProbeKind.Icmp or ProbeKind.Udp, $"A {Kind.Name()} probe has no payload; remove it.");
        Check(InterDcHosts is >= 1 and <= MaxHosts, $"The host pairs between pods of different data centers are {InterDcHosts}; use 1 to {MaxHosts}.");
        Check(RegionHosts is >= 1 and <= MaxHosts, $"The hosts of a region are {RegionHosts}; use 1 to {MaxHosts}.");
        Check(SourcesPerPod is >= 0 and <= MaxHosts, $"The sources of a pod are {SourcesPerPod}; use 1 to {MaxHosts}, or 0 for all.");
        Check(SourcePortFrom >= 0 && SourcePortTo >= SourcePortFrom && SourcePortTo <= 65535,
            $"The source ports go from {SourcePortFrom} to {SourcePortTo}; use 1 to 65535, the first not above the last.");
        if (Shape == GraphShape.Targets)
        {
            Check(Targets.Count > 0, "There are no targets; list at least one.");
            Check(TargetClass is ProbeClass.Vip or ProbeClass.External, $"The class is {TargetClass.Name()}; use vip or external.");
            foreach (var twice in Targets.CountBy(target => (target.Address, Kind < ProbeKind.Http ? 0 : target.Port, target.Path)).Where(entry => entry.Value > 1))
                errors.Add($"Target {twice.Key.Address} is there {twice.Value} times; a host probes an address once an interval by {Kind.Name()}, keep one.");
            Check(Kind != ProbeKind.Dns || Dns is not null, "A dns probe asks for nothing; give the name to ask for.");
        }
        else
        {
            Check(Targets.Count == 0, $"A graph of shape {Shape.Name()} has targets; give them to a graph of shape {GraphShape.Targets.Name()}.");
            Check(Kind is ProbeKind.Tcp or ProbeKind.TcpPayload or ProbeKind.Icmp or ProbeKind.Udp or ProbeKind.Http,
                $"Agents do not answer {Kind.Name()} probes; use tcp, tcp-payload, icmp, udp or http.");
        }

        return errors;

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add(error);
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / TimeSpan.TicksPerSecond} s");
}
