using System.Net;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.Schedule;

/// <summary>What a plan depends on besides the pinglist.</summary>
public sealed record PlanContext
{
    /// <summary>Addresses to probe from; empty: those of the pinglist.</summary>
    public IReadOnlyList<IPAddress> Sources { get; init; } = [];

    /// <summary>Network namespace to probe in; null for the process's own.</summary>
    public NetworkSpace? Space { get; init; }

    /// <summary>The agent's limits.</summary>
    public AgentLimits Limits { get; init; } = AgentLimits.Default;

    /// <summary>Addresses that a peer's name stands for at the moment; empty while they are not known.</summary>
    public Func<string, IReadOnlyList<IPAddress>> AddressesOf { get; init; } = _ => [];

    /// <summary>Makes the prober of a group whose kind is not probed by the reactor.</summary>
    public Func<ProbeKind, PinglistGroup, IPlatformProber> OpenPlatform { get; init; } =
        (kind, group) => PlatformProbers.Create(kind, group.Http, group.Tls, group.Dns, group.Grpc);
}
