using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Core.OnDemand;

/// <summary>What one agent is asked to do now, beside its pinglist: by an operator, or by the analysis that looks for a culprit.</summary>
public sealed record TestOrder
{
    /// <summary>Most source ports of an order.</summary>
    public const int MaxSourcePorts = 64;

    /// <summary>Most probes from each source port.</summary>
    public const int MaxCount = 20;

    /// <summary>Unique; made by who orders.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the host whose agent does it.</summary>
    public required string Host { get; init; }

    /// <summary>What it does.</summary>
    public required TestKind Test { get; init; }

    /// <summary>How: of a ping <c>tcp</c>, <c>tcp-payload</c>, <c>icmp</c> or <c>udp</c>; of a trace <c>tcp</c> or <c>udp</c>.</summary>
    public ProbeKind Protocol { get; init; } = ProbeKind.Tcp;

    /// <summary>The address that is probed.</summary>
    public required IPAddress Target { get; init; }

    /// <summary>Its port, 1 to 65535; 0 for <c>icmp</c>.</summary>
    public required int Port { get; init; }

    /// <summary>The source address; null leaves it to the agent.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Source port of each flow, 0 for one of the kernel's choice; 1 to <see cref="MaxSourcePorts"/> of them.</summary>
    public required IReadOnlyList<int> SourcePorts { get; init; }

    /// <summary>Probes of each flow, or tries of each hop; 1 to <see cref="MaxCount"/>.</summary>
    public int Count { get; init; } = 1;

    /// <summary>DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Payload of <c>tcp-payload</c>, bytes.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>How long the answer to a probe is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Who asked for it: a user, or the incident it is for.</summary>
    public required string By { get; init; }
}
