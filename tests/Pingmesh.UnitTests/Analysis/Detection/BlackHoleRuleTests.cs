using Pingmesh.Analysis.Detection;

namespace Pingmesh.UnitTests.Analysis.Detection;

/// <summary>2 podsets x 2 pods x 8 hosts, in which all hosts probe each other.</summary>
public sealed class BlackHoleRuleTests
{
    private readonly SeenProbes seen = new(TestMesh.Build(1, 2, 2, 8));

    [Fact]
    public void Tor_scores_the_share_of_its_hosts_that_never_reach_some_while_they_and_others_do()
    {
        // Six of the eight hosts of the first pod: two peers each, which others reach.
        Fill((source, target) => source < 6 && (target == 10 + source || target == 20 + source) ? 4 : 0);
        var (pod, score) = Assert.Single(Scores());
        Assert.Equal((0, 0.75), (pod, score));
        Assert.True(score >= BlackHoleRule.Candidate);
    }

    [Fact]
    public void One_peer_that_is_not_reached_or_one_probe_that_fails_is_no_symptom()
    {
        Fill((source, target) => source < 6 && target == 10 + source ? 4 : 0);
        Assert.Empty(Scores());
    }

    [Fact]
    public void Dead_host_gives_nobody_a_score_though_none_reaches_it()
    {
        Fill((_, target) => target is 10 or 20 ? 4 : 0, isSilent: source => source is 10 or 20);
        Assert.Empty(Scores());

        // The same where it is said that they are down.
        Assert.Empty(BlackHoleRule.Scores(seen.View, 0, long.MaxValue, (_, target, _) => target is 10 or 20));
    }

    [Fact]
    public void Congestion_gives_nobody_a_score()
    {
        // One probe of ten fails by chance: four on end of one pair, twice at one host, do not happen.
        var random = new Random(7);
        Fill((_, _) => Enumerable.Range(0, 4).Count(_ => random.NextDouble() < 0.1));
        Assert.Empty(Scores());
    }

    [Fact]
    public void Tor_of_fewer_than_five_hosts_that_report_has_no_score()
    {
        Fill((source, target) => source < 4 && target is 20 or 21 ? 4 : 0, isSilent: source => source is >= 4 and < 8);
        Assert.Empty(Scores());
    }

    private Dictionary<int, double> Scores() => BlackHoleRule.Scores(seen.View, 0, long.MaxValue, SeenProbes.Nothing);

    // Four probes of each pair, of which some fail.
    private void Fill(Func<int, int, int> failed, Func<int, bool>? isSilent = null)
    {
        foreach (var (source, target) in seen.Pairs)
        {
            if (isSilent?.Invoke(source) != true) seen.Add(source, target, 4, failed: failed(source, target));
        }
    }
}
