using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.AgentCli.Trace;

/// <summary>How to trace.</summary>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="Port">The port of a target that names none.</param>
/// <param name="Flow">Family, source and DSCP.</param>
/// <param name="Flows">How many flows.</param>
/// <param name="MaxHops">Hops to look at.</param>
/// <param name="Tries">Packets to each hop of each flow.</param>
/// <param name="Timeout">How long the last answer is waited for.</param>
/// <param name="Rate">Packets a second.</param>
internal sealed record TraceOptions(
    ProbeKind Protocol, int Port, FlowOptions Flow, int Flows, int MaxHops, int Tries, TimeSpan Timeout, int Rate)
{
    /// <summary>What is to be traced to a target.</summary>
    public TraceRequest For(Target target) => new()
    {
        Target = target.Address,
        Port = target.Port,
        Protocol = Protocol,
        SourcePorts = [.. Enumerable.Range(0, Flows).Select(flow => Flow.SourcePortFrom == 0 ? 0 : Flow.SourcePortFrom + flow)],
        Source = Flow.Source,
        MaxHops = MaxHops,
        Tries = Tries,
        Timeout = Timeout,
        Rate = Rate,
        Dscp = Flow.Dscp,
    };
}
