namespace Pingmesh.Analysis.Localisation;

/// <summary>
/// Where a path that breaks off may have gone on, given where others went on. A component that loses everything is passed by nobody; one that loses certain
/// address pairs is passed by no flow of those; one that loses certain five-tuples is passed by fewer flows than its neighbours. The strictest of the first
/// two that leaves the broken paths an explanation is used; the third counts besides.
/// </summary>
internal sealed class WaysRuledOut
{
    // Of the paths that break off, so many must have a way left.
    private const double Enough = 0.9;

    // Switches do not spread flows so evenly that less would tell.
    private const double LeastLost = 0.15;

    private static readonly double[] Lost = [LeastLost, 0.25, 0.35, 0.5, 0.7, 0.9];

    private readonly HashSet<(string From, string To)> byAll = [];
    private readonly Dictionary<(int, int), HashSet<(string From, string To)>> byPair = [];
    private readonly Dictionary<(string From, string To), int> passes = [];
    private readonly Dictionary<string, HashSet<string>> stages = new(StringComparer.Ordinal);

    // How many flows went through a component, and how many over its neighbours instead, at each place where paths break off before it.
    private readonly Dictionary<Component, List<(int Own, int Others, int Ways)>> crossings = [];
    private readonly Mode mode;

    /// <summary>Compares flows.</summary>
    /// <param name="bad">Flows in trouble.</param>
    /// <param name="good">Flows without trouble, those before the onset included.</param>
    public WaysRuledOut(List<FlowSeen> bad, List<FlowSeen> good)
    {
        foreach (var flow in good.Where(flow => !flow.IsBefore))
        {
            Pass((flow.Sample.Source, flow.Sample.Target), flow.There);
            Pass((flow.Sample.Target, flow.Sample.Source), flow.Back);
        }

        var (broken, all, pair) = (0, 0, 0);
        foreach (var flow in bad)
        {
            Count((flow.Sample.Source, flow.Sample.Target), flow.There);
            Count((flow.Sample.Target, flow.Sample.Source), flow.Back);
        }

        foreach (var (from, next) in stages)
        {
            var sum = next.Sum(to => passes.GetValueOrDefault((from, to)));
            foreach (var to in next)
            {
                var own = passes.GetValueOrDefault((from, to));
                Cross(Component.Node(to), (own, sum - own, next.Count));
                Cross(Component.Link(from, to), (own, sum - own, next.Count));
            }
        }

        mode = broken == 0 ? Mode.None : all >= Enough * broken ? Mode.All : pair >= Enough * broken && byPair.Count > 0 ? Mode.Pair : Mode.None;

        void Pass((int, int) direction, PathSeen? path)
        {
            if (path is null || path.IsBroken) return;
            if (!byPair.TryGetValue(direction, out var own)) byPair[direction] = own = [];
            for (var i = 1; i < path.Nodes.Count; i++)
            {
                if (path.Nodes[i - 1] is not { } from || path.Nodes[i] is not { } to) continue;
                own.Add((from, to));
                byAll.Add((from, to));
                passes[(from, to)] = passes.GetValueOrDefault((from, to)) + 1;
            }
        }

        void Count((int, int) direction, PathSeen? path)
        {
            if (path is not { IsBroken: true, Next.Count: > 1 }) return;
            broken++;
            if (!stages.TryGetValue(path.LastSeen, out var next)) stages[path.LastSeen] = next = new HashSet<string>(StringComparer.Ordinal);
            next.UnionWith(path.Next);
            if (path.Next.Any(node => !byAll.Contains((path.LastSeen, node)))) all++;
            if (!byPair.TryGetValue(direction, out var own) || path.Next.Any(node => !own.Contains((path.LastSeen, node)))) pair++;
        }
    }

    private enum Mode
    {
        None,
        All,
        Pair,
    }

    /// <summary>Where a broken path may have gone on.</summary>
    /// <param name="path">The path.</param>
    /// <param name="direction">From which host to which.</param>
    public IReadOnlyList<string> Left(PathSeen path, (int, int) direction)
    {
        var passed = mode == Mode.All ? byAll : mode == Mode.Pair ? byPair.GetValueOrDefault(direction) : null;
        if (passed is null) return path.Next;
        var left = path.Next.Where(node => !passed.Contains((path.LastSeen, node))).ToList();
        return left.Count > 0 ? left : path.Next;
    }

    /// <summary>Whether a flow breaks off where ways can be ruled out.</summary>
    public bool Narrows(FlowSeen flow) =>
        mode != Mode.None && (Narrows(flow.There, (flow.Sample.Source, flow.Sample.Target)) || Narrows(flow.Back, (flow.Sample.Target, flow.Sample.Source)));

    /// <summary>How much likelier it is that so few flows go through a component if it loses a share of them than if it does not, as logarithm; 0 where paths do not break off before it.</summary>
    public double Missing(Component component)
    {
        if (!crossings.TryGetValue(component, out var own)) return 0;
        return Math.Max(0, Lost.Max(lost => own.Sum(one =>
            (one.Own * Math.Log((1 - lost) * one.Ways / (one.Ways - lost))) + (one.Others * Math.Log(one.Ways / (one.Ways - lost))))));
    }

    private void Cross(Component component, (int Own, int Others, int Ways) crossing)
    {
        if (!crossings.TryGetValue(component, out var list)) crossings[component] = list = [];
        list.Add(crossing);
    }

    private bool Narrows(PathSeen? path, (int, int) direction) => path is { IsBroken: true } && (mode == Mode.All || byPair.ContainsKey(direction));
}
