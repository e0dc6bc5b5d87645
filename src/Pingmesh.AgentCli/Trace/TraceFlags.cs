using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.AgentCli.Trace;

/// <summary>The flags of trace.</summary>
internal sealed class TraceFlags
{
    private const int DefaultFlows = 8;

    private readonly Option<int?> tcp = new("--tcp") { Description = "SYNs to this port; the default, to port 58100.", HelpName = "PORT" };
    private readonly Option<bool> udp = new("--udp") { Description = "UDP datagrams, which a responder echoes." };
    private readonly Option<int> port = new("--port") { Description = "Port, where the target names none.", HelpName = "PORT", DefaultValueFactory = _ => Ports.Responder };
    private readonly Option<int?> flows = new("--flows")
    {
        Description = $"Flows to trace, each with a source port of its own; {DefaultFlows}, or as many as --sport names. At most {TraceRequest.MaxFlows}.", HelpName = "N",
    };

    private readonly Option<int> maxHops = new("-m", "--max-hops") { Description = "Hops to look at.", HelpName = "N", DefaultValueFactory = _ => 30 };
    private readonly Option<int> tries = new("-c", "--tries") { Description = "Packets to each hop of each flow.", HelpName = "N", DefaultValueFactory = _ => 3 };
    private readonly Option<double> timeout = new("-W", "--timeout") { Description = "Seconds to wait for the last answers, at most 9.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
    private readonly Option<int> rate = new("--rate")
    {
        Description = $"Packets a second over all flows, at most {TraceRequest.MaxRate}; switches that limit their ICMP answer more of fewer.", HelpName = "N", DefaultValueFactory = _ => 250,
    };

    private readonly FlowFlags flow = new("Source port of the flows, or range of them, such as 40000-40015.");

    public IEnumerable<Option> All => [tcp, udp, port, flows, .. flow.All, maxHops, tries, timeout, rate];

    /// <summary>What the flags ask for.</summary>
    /// <exception cref="UsageException">A flag is wrong, or two contradict each other; says which.</exception>
    public TraceOptions Read(ParseResult parsed)
    {
        var tcpPort = parsed.GetValue(tcp);
        if (tcpPort is not null && parsed.GetValue(udp)) throw new UsageException("--tcp and --udp are given; one run traces in one way, keep one");
        var packets = flow.Read(parsed);
        var count = parsed.GetValue(flows);
        if (count is { } given) FlagRanges.Check(flows.Name, given, 1, TraceRequest.MaxFlows);
        var named = packets.SourcePortFrom == 0 ? 0 : packets.SourcePortTo - packets.SourcePortFrom + 1;

        // One port and a number of flows: that many ports from there on. A range and a number: the range must hold them.
        if (named > 1 && count > named) throw new UsageException($"--sport names {named} ports, but --flows asks for {count}");
        if (count is null && named > TraceRequest.MaxFlows) throw new UsageException($"--sport names {named} ports; a trace has at most {TraceRequest.MaxFlows} flows");
        var wanted = count ?? (named > 0 ? named : DefaultFlows);
        if (named > 0 && packets.SourcePortFrom + wanted - 1 > ushort.MaxValue) throw new UsageException($"--sport: {wanted} flows from port {packets.SourcePortFrom} on go beyond port 65535");
        return new TraceOptions(
            parsed.GetValue(udp) ? ProbeKind.Udp : ProbeKind.Tcp,
            tcpPort is { } number ? FlagRanges.Check(tcp.Name, number, 1, 65535) : parsed.GetInRange(port, 1, 65535),
            packets,
            wanted,
            parsed.GetInRange(maxHops, 1, TraceRequest.MaxMaxHops),
            parsed.GetInRange(tries, 1, TraceRequest.MaxTries),
            parsed.GetSeconds(timeout, 0.01, HardLimits.MaxProbeTimeout.TotalSeconds),
            parsed.GetInRange(rate, 1, TraceRequest.MaxRate));
    }
}
