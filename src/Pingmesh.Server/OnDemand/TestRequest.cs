namespace Pingmesh.Server.OnDemand;

/// <summary>What an operator asks for: the body of <c>POST /api/v1/tests</c>.</summary>
/// <param name="From">Whose agents test: a host, host1+host2, dc1, dc1/ps1, dc1/ps1/pod1 or service:NAME.</param>
/// <param name="To">What is tested: the same, or the address of a host.</param>
public sealed record TestRequest(string From, string To)
{
    /// <summary><c>tcp</c>, <c>tcp-payload</c>, <c>icmp</c> or <c>udp</c>; of a trace <c>tcp</c> or <c>udp</c>.</summary>
    public string Kind { get; init; } = "tcp";

    /// <summary>Whether the paths are traced; else the target is probed.</summary>
    public bool Trace { get; init; }

    /// <summary>Probes of each flow, 1 to 20, or tries of each hop, 1 to 10; null for 5 of one flow, 1 of many, or 3 tries.</summary>
    public int? Count { get; init; }

    /// <summary>Source ports, a flow each, at most 64; null for <see cref="Flows"/> of the agent's choice.</summary>
    public IReadOnlyList<int>? Ports { get; init; }

    /// <summary>Flows from source ports of the agent's choice, 1 to 64; null for 1, of a trace 8.</summary>
    public int? Flows { get; init; }

    /// <summary>Port of the target, 1 to 65535; null for the agents' responder.</summary>
    public int? TargetPort { get; init; }

    /// <summary>DSCP, 0 to 63.</summary>
    public int Dscp { get; init; }

    /// <summary>Bytes of payload, 0 to 65536; 0 for the kind's default.</summary>
    public int Payload { get; init; }

    /// <summary>How long an answer is waited for, milliseconds, 1 to 5000.</summary>
    public int TimeoutMs { get; init; } = 2_000;

    /// <summary>Most hosts of each scope, spread over it, 1 to 16.</summary>
    public int Hosts { get; init; } = 4;
}
