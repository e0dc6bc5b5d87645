using System.Globalization;
using Pingmesh.AgentCli.Targets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Trace;

namespace Pingmesh.AgentCli.Trace;

/// <summary>A trace as a person reads it: the paths of all flows as a tree, with loss and RTT of each hop.</summary>
internal static class TraceText
{
    public static void Write(TextWriter to, Target target, TraceRequest request, TraceResult trace)
    {
        var ports = Ports(trace.Flows.Select(flow => flow.SourcePort));
        var flows = trace.Flows.Count == 1 ? "1 flow, source port" : $"{trace.Flows.Count} flows, source ports";
        to.WriteLine($"{target.Shown} {request.Protocol.Name()}/{request.Port} from {trace.Source}: {flows} {ports}; {request.Tries} tries of each hop");
        var rows = new List<(string Left, string Right)>();
        var nodes = PathNode.Of(trace);
        foreach (var node in nodes) Add(rows, node, "", nodes.Count > 1 ? node == nodes[^1] ? "└ " : "├ " : "", request, trace.Flows.Count > 1);
        var width = rows.Max(row => row.Left.Length);
        foreach (var (left, right) in rows) to.WriteLine($"{left.PadRight(width)}  {right}".TrimEnd());
        var reached = trace.Flows.Count(flow => flow.Reached);
        if (reached < trace.Flows.Count)
            to.WriteLine($"the target answered {reached} of {trace.Flows.Count} flows; not: {Ports(trace.Flows.Where(flow => !flow.Reached).Select(flow => flow.SourcePort))}");
    }

    /// <summary>Ports as ranges: 40000-40003, 40007.</summary>
    public static string Ports(IEnumerable<int> ports)
    {
        var ranges = new List<(int From, int To)>();
        foreach (var port in ports.Order())
        {
            if (ranges.Count > 0 && ranges[^1].To == port - 1) ranges[^1] = (ranges[^1].From, port);
            else ranges.Add((port, port));
        }

        return string.Join(", ", ranges.Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}"));
    }

    private static void Add(List<(string Left, string Right)> rows, PathNode node, string indent, string branch, TraceRequest request, bool withFlows)
    {
        rows.Add(($"{indent}{branch}{Name(node)}", Figures(node, request, withFlows)));

        // A path without branches goes straight down; where it forks, its branches are drawn.
        var below = indent + branch switch { "├ " => "│ ", "└ " => "  ", _ => "" };
        foreach (var next in node.Next) Add(rows, next, below, node.Next.Count == 1 ? "" : next == node.Next[^1] ? "└ " : "├ ", request, withFlows);
    }

    private static string Name(PathNode node)
    {
        var ttl = node.LastTtl > node.Ttl ? $"{node.Ttl}-{node.LastTtl}" : $"{node.Ttl}";
        return $"{ttl,2} {(node.Addresses.Count == 0 ? "*" : string.Join(" | ", node.Addresses))}";
    }

    private static string Figures(PathNode node, TraceRequest request, bool withFlows)
    {
        var flows = withFlows ? $"{node.Flows.Count,3} flow{(node.Flows.Count == 1 ? " " : "s")}  " : "";
        var loss = string.Create(CultureInfo.InvariantCulture, $"{flows}loss {node.Sent - node.Answered}/{node.Sent}");
        if (node.Rtts.Count > 0)
        {
            loss += string.Create(
                CultureInfo.InvariantCulture,
                $"  rtt {Milliseconds(node.Rtts[0])}/{Milliseconds(node.Rtts.Average())}/{Milliseconds(node.Rtts[^1])} ms");
        }

        if (node.IsTarget) loss += node.Error == ProbeError.None ? "  target" : $"  target, {node.Error.Name()}{(request.Protocol == ProbeKind.Udp && node.Loss > 0 ? " (by ICMP, which hosts limit)" : "")}";
        else if (node.Error is not (ProbeError.None or ProbeError.TtlExceeded)) loss += $"  {node.Error.Name()}";
        else if (node.AnswersSeldom) loss += "  (answers seldom: hops behind it lose less)";
        return loss;
    }

    private static string Milliseconds(double nanoseconds) => (nanoseconds / 1e6).ToString("F3", CultureInfo.InvariantCulture);
}
