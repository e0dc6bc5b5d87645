using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Trace;

/// <summary>The paths of several flows as one tree: flows share a node for as long as they went the same way.</summary>
public sealed class PathNode
{
    private PathNode(int ttl, IReadOnlyList<IPAddress> addresses)
    {
        Ttl = ttl;
        Addresses = addresses;
    }

    /// <summary>Time to live at which it answers; of a silent stretch, the first.</summary>
    public int Ttl { get; }

    /// <summary>The last time to live of a silent stretch; else the same as <see cref="Ttl"/>.</summary>
    public int LastTtl { get; private init; }

    /// <summary>Who answers; none where nobody does, several where a flow's path changed or an error came besides.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Whether it is the target.</summary>
    public bool IsTarget { get; private set; }

    /// <summary>How it answers; none of a target that accepts the flow, or where nobody answers.</summary>
    public ProbeError Error { get; private set; }

    /// <summary>Source ports of the flows that pass here.</summary>
    public IReadOnlyList<int> Flows { get; private set; } = [];

    /// <summary>Packets sent with this time to live on these flows.</summary>
    public int Sent { get; private set; }

    /// <summary>Packets answered.</summary>
    public int Answered { get; private set; }

    /// <summary>RTTs of the answers, nanoseconds, ascending.</summary>
    public IReadOnlyList<long> Rtts { get; private set; } = [];

    /// <summary>The next hops.</summary>
    public IReadOnlyList<PathNode> Next { get; private set; } = [];

    /// <summary>Share of packets without an answer, 0 to 1.</summary>
    public double Loss => Sent == 0 ? 0 : 1 - ((double)Answered / Sent);

    /// <summary>
    /// Whether hops behind it lose less: then it forwards what it does not answer, as switches do that limit their ICMP, and
    /// its loss says nothing of the path.
    /// </summary>
    public bool AnswersSeldom => Loss > 0 && Addresses.Count > 0 && LeastLossBehind() < Loss;

    /// <summary>The first hops of a trace.</summary>
    public static IReadOnlyList<PathNode> Of(TraceResult trace) =>
        Grow([.. trace.Flows.Select(flow => new Walk(flow.SourcePort, [.. Stretch(flow)]))], depth: 0);

    private static List<PathNode> Grow(IReadOnlyList<Walk> walks, int depth)
    {
        var nodes = new List<PathNode>();
        foreach (var same in walks.Where(walk => walk.Steps.Count > depth).GroupBy(walk => KeyOf(walk.Steps[depth])))
        {
            var steps = same.Select(walk => walk.Steps[depth]).ToList();
            var answers = steps.SelectMany(step => step.Hop.Answers).ToList();
            var addresses = answers.Select(answer => answer.Address).Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal).ToList();
            nodes.Add(new PathNode(steps[0].Hop.Ttl, addresses)
            {
                LastTtl = steps.Max(step => step.LastTtl),
                IsTarget = answers.Exists(answer => answer.IsTarget),
                Error = answers.OrderByDescending(answer => answer.Error != ProbeError.TtlExceeded).Select(answer => answer.Error).FirstOrDefault(),
                Flows = [.. same.Select(walk => walk.SourcePort)],
                Sent = steps.Sum(step => step.Sent),
                Answered = steps.Sum(step => step.Hop.Answered),
                Rtts = [.. answers.SelectMany(answer => answer.Rtts).Order()],
                Next = Grow([.. same], depth + 1),
            });
        }

        return nodes;
    }

    private static string KeyOf(Step step) =>
        $"{step.LastTtl} " + string.Join(' ', step.Hop.Answers.Select(answer => answer.Address.ToString()).Distinct().Order(StringComparer.Ordinal));

    /// <summary>A flow's hops, those in a row that nobody answers taken together.</summary>
    private static IEnumerable<Step> Stretch(FlowTrace flow)
    {
        for (var i = 0; i < flow.Hops.Count; i++)
        {
            var (first, sent) = (flow.Hops[i], flow.Hops[i].Sent);
            if (first.Answers.Count == 0)
            {
                while (i + 1 < flow.Hops.Count && flow.Hops[i + 1].Answers.Count == 0) sent += flow.Hops[++i].Sent;
            }

            yield return new Step(first, flow.Hops[i].Ttl, sent);
        }
    }

    private double LeastLossBehind()
    {
        var least = 1.0;
        foreach (var next in Next) least = Math.Min(least, Math.Min(next.Loss, next.LeastLossBehind()));
        return least;
    }

    private readonly record struct Walk(int SourcePort, IReadOnlyList<Step> Steps);

    private readonly record struct Step(TraceHop Hop, int LastTtl, int Sent);
}
