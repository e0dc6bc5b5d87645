using System.Runtime.InteropServices;
using Pingmesh.Analysis.Detection;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Localisation;

/// <summary>
/// Ranks switches and links by how much likelier it is that the flows in trouble go through them as often as they do if they are the cause than if they
/// are not. A flow without trouble shows how often any flow goes through a component; flows in trouble go through the cause more often.
/// </summary>
internal static class SuspectRanking
{
    // A switch may lose packets after it has said that their time is up.
    private const double LastSeenWeight = 0.3;

    // e^3: how much likelier a component of the layer that the trouble points to is than one elsewhere, before any path is known.
    private const double LayerBonus = 3;

    private const int MostSuspects = 8;

    /// <summary>Ranks.</summary>
    /// <param name="flows">Flows with and without trouble.</param>
    /// <param name="place">Where the trouble was seen.</param>
    /// <param name="fleet">The hosts.</param>
    /// <param name="graph">Names and tiers.</param>
    /// <returns>The likeliest first, with scores that add up to 1 over all components; and the log-likelihood of the first, without what its layer gives it.</returns>
    public static (IReadOnlyList<Suspect> Suspects, double LogLikelihood) Rank(IReadOnlyList<FlowSeen> flows, Place place, Fleet fleet, FabricGraph graph)
    {
        var bad = flows.Where(flow => flow.IsBad && (flow.There ?? flow.Back) is not null).ToList();
        var good = flows.Where(flow => !flow.IsBad && (flow.There ?? flow.Back) is not null).ToList();
        if (bad.Count == 0) return ([], 0);
        var fair = good.FindAll(flow => !flow.IsOfTest);
        var ways = new WaysRuledOut(bad, good);

        // Where ways can be ruled out, flows of which none was only blur it.
        if (bad.FindAll(ways.Narrows) is { Count: > 3 } narrowed) bad = narrowed;
        var through = new Dictionary<Component, (double Bad, double Good)>();
        foreach (var flow in bad)
        {
            foreach (var (component, weight) in WeightsOf(flow, ways)) CollectionsMarshal.GetValueRefOrAddDefault(through, component, out _).Bad += weight;
        }

        foreach (var flow in fair)
        {
            foreach (var component in ComponentsOf(flow)) CollectionsMarshal.GetValueRefOrAddDefault(through, component, out _).Good += 1;
        }

        // Of many that have nothing to do with it, one looks bad by chance.
        var tried = Math.Log(Math.Max(1, through.Count(one => one.Value.Bad > 0)));
        var scored = through.Where(one => one.Value.Bad > 0)
            .Select(one => (Component: one.Key, one.Value.Bad, one.Value.Good, Score: Likelihood(one.Value.Bad, bad.Count, one.Value.Good, fair.Count)))
            .Select(one => one with { Score = one.Score + ways.Missing(one.Component) + (IsOfLayer(one.Component, place, fleet, graph) ? LayerBonus : -tried) })
            .OrderByDescending(one => one.Score).ThenByDescending(one => one.Bad).ThenBy(one => one.Good).ThenBy(one => one.Component.Name, StringComparer.Ordinal).ToList();
        var best = scored[0].Score;
        var total = scored.Sum(one => Math.Exp(one.Score - best));
        return ([.. scored.Take(MostSuspects).Select(one => new Suspect(
            KindOf(one.Component, fleet, graph), one.Component.Name, Math.Exp(one.Score - best) / total, one.Bad, bad.Count, one.Good, fair.Count))], best - (IsOfLayer(scored[0].Component, place, fleet, graph) ? LayerBonus : -tried));
    }

    private static IEnumerable<Component> ComponentsOf(FlowSeen flow) => (flow.There?.Components ?? []).Concat(flow.Back?.Components ?? []).Distinct();

    private static Dictionary<Component, double> WeightsOf(FlowSeen flow, WaysRuledOut ways)
    {
        var weights = new Dictionary<Component, double>();
        var (source, target) = (flow.Sample.Source, flow.Sample.Target);
        var (thereBroken, backBroken) = (flow.There is { IsBroken: true }, flow.Back is { IsBroken: true });
        if (thereBroken || backBroken)
        {
            var share = thereBroken && backBroken ? 0.5 : 1;
            if (thereBroken) AddBroken(flow.There!, (source, target), share);
            if (backBroken) AddBroken(flow.Back!, (target, source), share);
            return weights;
        }

        // Where the loss has a direction, the other way is not suspected.
        if (flow.Sample.Direction != LossDirection.Return) AddAll(flow.There);
        if (flow.Sample.Direction != LossDirection.Forward) AddAll(flow.Back);
        return weights;

        void AddAll(PathSeen? path)
        {
            foreach (var component in path?.Components ?? []) weights[component] = 1;
        }

        void AddBroken(PathSeen path, (int, int) direction, double share)
        {
            var next = ways.Left(path, direction);
            Add(Component.Node(path.LastSeen), share * LastSeenWeight);
            foreach (var node in next)
            {
                Add(Component.Node(node), share / next.Count);
                Add(Component.Link(path.LastSeen, node), share / next.Count);
            }
        }

        void Add(Component component, double weight) => CollectionsMarshal.GetValueRefOrAddDefault(weights, component, out _) += weight;
    }

    // How much likelier both counts are if the shares differ than if they are one: both are samples.
    private static double Likelihood(double bad, int allBad, double good, int allGood)
    {
        bad = Math.Min(bad, allBad);
        if (bad * allGood <= good * allBad) return 0;
        var pooled = (bad + good) / (allBad + allGood);
        return Term(bad, allBad * pooled) + Term(allBad - bad, allBad * (1 - pooled)) + Term(good, allGood * pooled) + Term(allGood - good, allGood * (1 - pooled));
    }

    private static double Term(double count, double expected) => count <= 0 ? 0 : count * Math.Log(count / expected);

    private static bool IsOfLayer(Component component, Place place, Fleet fleet, FabricGraph graph)
    {
        var scope = place.ScopeIn(fleet);
        if (!component.IsLink)
        {
            return place.Layer switch
            {
                Layer.Host => component.Name == scope,
                Layer.Tor => graph.TierOf(component.Name) == SwitchTier.Tor && graph.ScopeOf(component.Name) == scope,
                Layer.LeafLayer => graph.TierOf(component.Name) == SwitchTier.Leaf && graph.ScopeOf(component.Name) == scope,
                Layer.SpineLayer => graph.TierOf(component.Name) == SwitchTier.Spine && graph.ScopeOf(component.Name) == scope,
                Layer.DcPair => graph.TierOf(component.Name) == SwitchTier.Border,

                // Of one pair only, a link loses nothing: it does not know pairs.
                Layer.Pair => graph.TierOf(component.Name) is not null,
                _ => false,
            };
        }

        var ends = component.Name.Split('~');
        return place.Layer switch
        {
            Layer.Host => ends.Contains(scope),
            Layer.PodUplinks => Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Tor && graph.ScopeOf(end) == scope) && Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Leaf),

            // Between two podsets, what goes through a podset's uplinks goes through the spines and the other way about.
            Layer.SpineLayer when fleet.Podsets.Count(podset => podset.Dc == fleet.Dcs[place.A]) == 2 =>
                Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Spine && graph.ScopeOf(end) == scope) && Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Leaf),
            Layer.PodsetUplinks => Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Leaf && graph.ScopeOf(end) == scope) && Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Spine),
            Layer.DcPair => Array.Exists(ends, end => graph.TierOf(end) == SwitchTier.Border),
            _ => false,
        };
    }

    private static string KindOf(Component component, Fleet fleet, FabricGraph graph) =>
        component.IsLink ? "link" : graph.TierOf(component.Name) is not null ? "switch" : fleet.Find(component.Name) >= 0 ? "host" : "hop";
}
