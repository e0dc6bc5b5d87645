using System.Runtime.InteropServices;
using Pingmesh.Analysis.Accumulation;
using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>Good and bad probes by host pair, of the pairs with an end in a set of hosts. Not thread-safe.</summary>
/// <param name="hosts">Name ids of the hosts.</param>
/// <param name="slowNanoseconds">RTT above which a probe is bad.</param>
internal sealed class PairTally(IReadOnlySet<int> hosts, long slowNanoseconds) : ICellSum<PairTally>
{
    // By its P99 a sound pair has up to this share of bad probes. It is affected when its own are too many for that.
    private const double Sound = 0.01;
    private const double Significance = 1e-3;

    private readonly Dictionary<ulong, (int Probes, int Bad)> pairs = [];

    /// <summary>How many pairs there are.</summary>
    public int Count => pairs.Count;

    /// <summary>How many of them are affected.</summary>
    public int AffectedCount => pairs.Values.Count(IsAffected);

    /// <inheritdoc/>
    public void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep)
    {
        if (!hosts.Contains(row.Row) && !hosts.Contains(cell)) return;
        var loss = NetworkLoss.Of(measurement);
        Add(IdPair.Of(row.Row, cell), (int)loss.Probes, (int)(loss.Lost + measurement.Rtts.CountAbove(slowNanoseconds)));
    }

    /// <inheritdoc/>
    public void Add(PairTally other)
    {
        foreach (var (pair, (probes, bad)) in other.pairs) Add(pair, probes, bad);
    }

    /// <summary>
    /// The fewest hosts, found greedily, without which hardly a pair is affected; null when that takes more than
    /// <paramref name="most"/>. A host counts only if most of its own pairs are affected: else it is a path that is bad.
    /// </summary>
    public IReadOnlyList<int>? FindCulprits(int most)
    {
        var judged = pairs.Select(pair => (IdPair.First(pair.Key), IdPair.Second(pair.Key), IsAffected(pair.Value))).ToList();
        var culprits = new List<int>();
        while (Without(judged, culprits) is { Affected: > 0 } rest && rest.Affected > rest.All * Sound)
        {
            if (culprits.Count == most) return null;
            var worst = rest.ByHost.Where(host => host.Value.Affected * 2 > host.Value.All).OrderByDescending(host => host.Value.Affected).ThenBy(host => host.Key).ToList();
            if (worst.Count == 0) return null;

            // Two hosts that are alike bad, and only to each other, do not tell which of them it is.
            if (worst.Count > 1 && worst[0].Value.Affected == worst[1].Value.Affected && worst[0].Value.Affected <= 2) return null;
            culprits.Add(worst[0].Key);
        }

        return culprits;
    }

    private static (int All, int Affected, Dictionary<int, (int All, int Affected)> ByHost) Without(
        List<(int Source, int Target, bool IsAffected)> judged, List<int> culprits)
    {
        var byHost = new Dictionary<int, (int All, int Affected)>();
        int all = 0, affected = 0;
        foreach (var (source, target, isAffected) in judged)
        {
            if (culprits.Contains(source) || culprits.Contains(target)) continue;
            var bad = isAffected ? 1 : 0;
            all++;
            affected += bad;
            Count(source, bad);
            Count(target, bad);
        }

        return (all, affected, byHost);

        void Count(int host, int bad)
        {
            ref var its = ref CollectionsMarshal.GetValueRefOrAddDefault(byHost, host, out _);
            its = (its.All + 1, its.Affected + bad);
        }
    }

    private static bool IsAffected((int Probes, int Bad) tally) =>
        tally.Bad > tally.Probes * Sound && RateComparison.ChanceOfAtLeast(tally.Bad, tally.Probes, Sound) < Significance;

    private void Add(ulong pair, int probes, int bad)
    {
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
        tally = (tally.Probes + probes, tally.Bad + bad);
    }
}
