using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.AgentCli.Ping;

/// <summary>How to ping.</summary>
internal sealed record PingOptions
{
    public required ProbeKind Kind { get; init; }

    /// <summary>The port of targets that name none; 0 for the kind's own.</summary>
    public required int Port { get; init; }

    /// <summary>Probes of each target; 0 for no end.</summary>
    public required int Count { get; init; }

    /// <summary>Time between two probes of one target.</summary>
    public required TimeSpan Interval { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Most probes a second over all targets.</summary>
    public required int Rate { get; init; }

    public required FlowOptions Flow { get; init; }

    public int PayloadBytes { get; init; }

    public byte Ttl { get; init; }

    public bool DontFragment { get; init; }

    /// <summary>Whether each address of a name is a target of its own.</summary>
    public bool EveryAddress { get; init; }

    public HttpCheck? Http { get; init; }

    public TlsCheck? Tls { get; init; }

    public DnsCheck? Dns { get; init; }

    public GrpcCheck? Grpc { get; init; }

    /// <summary>The port of a target: its own, else the one given for all, else the kind's.</summary>
    public int PortOf(TargetText text)
    {
        if (Kind == ProbeKind.Icmp) return 0;
        return text.Port ?? (Port != 0 ? Port : PlatformProbers.DefaultPort(Kind, Http, Grpc));
    }

    /// <summary>Time between two probes, such that they are spread evenly and keep the rate.</summary>
    public TimeSpan SpacingOf(int targets) =>
        TimeSpan.FromTicks(Math.Max(Interval.Ticks / targets, TimeSpan.TicksPerSecond / Rate));
}
