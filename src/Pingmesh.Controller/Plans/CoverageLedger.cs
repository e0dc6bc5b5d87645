using Pingmesh.Controller.MeshGraphs;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Plans;

/// <summary>
/// Which pairs of pods the mesh joins but nobody measured in a window, why, and how small a drop rate the samples of the others
/// could have shown: so that green means "measured".
/// </summary>
/// <param name="Wanted">Directed pairs of pods that the complete graphs join.</param>
/// <param name="Measured">Those of them with at least one probe.</param>
/// <param name="Series">Samples by kind, class and QoS.</param>
/// <param name="SmallestDropRate">Over the pairs that were measured: the best, the median and the worst of their sensitivities.</param>
/// <param name="Reasons">How many pairs were not measured for which reason.</param>
/// <param name="Gaps">Pairs that were not measured, in the topology's order.</param>
/// <param name="GapsOmitted">Further ones.</param>
public sealed record CoverageLedger(
    long Wanted,
    long Measured,
    IReadOnlyList<SeriesSamples> Series,
    (double Best, double Median, double Worst) SmallestDropRate,
    IReadOnlyDictionary<GapReason, long> Reasons,
    IReadOnlyList<CoverageGap> Gaps,
    long GapsOmitted)
{
    // Telling pairs that wait for their turn from others takes the lists of all hosts of the pod.
    private const int MostPodsLookedInto = 200;

    /// <summary>Makes the ledger.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="turn">The turn (see <see cref="Mesh.TurnAt"/>).</param>
    /// <param name="samples">What was measured.</param>
    /// <param name="heard">Whether a host's agent was heard of in the window.</param>
    /// <param name="within">The scope that source or target must be in.</param>
    /// <param name="most">Most gaps to list.</param>
    public static CoverageLedger Of(
        Mesh mesh, long turn, IReadOnlyList<PairSamples> samples, Func<Host, bool> heard, ScopePattern within, int most)
    {
        var pods = mesh.Topology.Pods;
        var inside = pods.Select(pod => pod.Hosts.Any(within.Holds)).ToArray();
        var ofPair = new Dictionary<(int Source, int Target), long>();
        foreach (var one in samples.Where(one => inside[one.Source] || inside[one.Target]))
            ofPair[(one.Source, one.Target)] = ofPair.GetValueOrDefault((one.Source, one.Target)) + one.Successes;

        var members = mesh.Graphs.Select(graph => pods.Select(pod => graph.Members.FindPod(pod.Path)).ToArray()).ToArray();
        var reasons = new SortedDictionary<GapReason, long>();
        var gaps = new List<CoverageGap>();
        long wanted = 0, measured = 0, lookedInto = 0;
        foreach (var source in pods)
        {
            HashSet<Pod>? listed = null;
            foreach (var target in pods)
            {
                if (!inside[source.Ordinal] && !inside[target.Ordinal]) continue;
                if (!IsJoined(mesh, members, source, target)) continue;
                wanted++;
                if (ofPair.ContainsKey((source.Ordinal, target.Ordinal)))
                {
                    measured++;
                    continue;
                }

                if (listed is null && lookedInto++ < MostPodsLookedInto) listed = Listed(mesh, source, turn);
                var reason = ReasonOf(mesh, source, target, listed, heard);
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
                if (gaps.Count < most) gaps.Add(new CoverageGap(source, target, reason));
            }
        }

        var rates = ofPair.Values.Select(Sensitivity.SmallestDropRate).Order().ToArray();
        return new CoverageLedger(
            wanted,
            measured,
            [.. samples.Where(one => inside[one.Source] || inside[one.Target]).GroupBy(one => one.Series).OrderBy(series => series.Key.Code).Select(SeriesSamples.Of)],
            rates.Length == 0 ? (1, 1, 1) : (rates[0], rates[rates.Length / 2], rates[^1]),
            reasons,
            gaps,
            wanted - measured - gaps.Count);
    }

    private static bool IsJoined(Mesh mesh, Pod?[][] members, Pod source, Pod target)
    {
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i][source.Ordinal] is { } from && members[i][target.Ordinal] is { } to && mesh.Graphs[i].Joins(from, to)) return true;
        }

        return false;
    }

    private static HashSet<Pod> Listed(Mesh mesh, Pod source, long turn) =>
    [
        .. source.Hosts.SelectMany(host => mesh.PinglistFor(host, turn).Groups).SelectMany(group => group.Peers)
            .Select(peer => mesh.Topology.FindHost(peer.Host)?.Pod).OfType<Pod>(),
    ];

    private static GapReason ReasonOf(Mesh mesh, Pod source, Pod target, HashSet<Pod>? listed, Func<Host, bool> heard)
    {
        if (source.Hosts.All(mesh.IsPaused) || target.Hosts.All(mesh.IsPaused)) return GapReason.Paused;
        if (!source.Hosts.Any(heard)) return GapReason.SourceSilent;
        if (listed is null) return GapReason.NotLookedInto;
        if (listed.Contains(target)) return GapReason.NoResult;
        return source.Hosts.SelectMany(host => host.Addresses).Any(own => target.Hosts.SelectMany(host => host.Addresses).Any(other => other.AddressFamily == own.AddressFamily))
            ? GapReason.WaitsForTurn
            : GapReason.NoCommonFamily;
    }
}

/// <summary>Why a pair was not measured.</summary>
public enum GapReason
{
    /// <summary>An operator has paused one of its ends.</summary>
    Paused,

    /// <summary>No agent of the probing pod was heard of.</summary>
    SourceSilent,

    /// <summary>A cap bites, and other pairs have their turn.</summary>
    WaitsForTurn,

    /// <summary>The ends share no address family.</summary>
    NoCommonFamily,

    /// <summary>It is on the pinglists of agents that were heard of, but no result has come.</summary>
    NoResult,

    /// <summary>There are too many such pairs to look into each.</summary>
    NotLookedInto,
}

/// <summary>A pair that was not measured.</summary>
/// <param name="Source">The pod that should have probed.</param>
/// <param name="Target">The pod to be probed.</param>
/// <param name="Reason">Why it was not.</param>
public sealed record CoverageGap(Pod Source, Pod Target, GapReason Reason);

/// <summary>Samples of one kind, class and QoS.</summary>
/// <param name="Series">Kind, class and QoS.</param>
/// <param name="Pairs">Directed pairs of pods with samples.</param>
/// <param name="Probes">Probes.</param>
/// <param name="Successes">Those that succeeded.</param>
/// <param name="SmallestDropRate">The smallest drop rate that all of them together could have shown.</param>
public sealed record SeriesSamples(Core.Probes.SeriesKey Series, long Pairs, long Probes, long Successes, double SmallestDropRate)
{
    /// <summary>Sums up.</summary>
    internal static SeriesSamples Of(IGrouping<Core.Probes.SeriesKey, PairSamples> samples)
    {
        var successes = samples.Sum(one => one.Successes);
        return new SeriesSamples(samples.Key, samples.LongCount(), samples.Sum(one => one.Probes), successes, Sensitivity.SmallestDropRate(successes));
    }
}
