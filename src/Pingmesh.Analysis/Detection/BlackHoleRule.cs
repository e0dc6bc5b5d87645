namespace Pingmesh.Analysis.Detection;

/// <summary>
/// The paper's score of a ToR (5.1), with the rule for a symptom that it leaves open. A host has the symptom when, over the last minutes, at least two
/// destinations fail each time it probes them, each at least twice, while it reaches others and others reach those destinations. A ToR of which five hosts
/// or more report scores the share of them that has it. Hosts that are down or in trouble of their own do not count.
/// </summary>
internal static class BlackHoleRule
{
    /// <summary>From this score on a ToR is a candidate.</summary>
    public const double Candidate = 0.5;

    private const int FewestDestinations = 2;
    private const int FewestProbes = 2;
    private const int FewestHosts = 5;

    /// <summary>The scores above 0, by number of the pod.</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds.</param>
    /// <param name="isExplained">Whether the trouble of a pair in a window has another cause.</param>
    public static Dictionary<int, double> Scores(ProbeMemoryView view, long from, long to, Func<int, int, long, bool> isExplained)
    {
        var fleet = view.Fleet;
        var sums = new PlaceSums(view, Plane.Basic, from, to, isExplained);
        var (sent, received) = (new long[fleet.Hosts.Count], new long[fleet.Hosts.Count]);
        foreach (var (_, slot) in view.Slots(Plane.Basic, from, to))
        {
            for (var host = 0; host < sent.Length; host++)
            {
                sent[host] += slot.Sent[host];
                received[host] += slot.Received[host];
            }
        }

        var (failedFrom, failedTo) = (new long[fleet.Hosts.Count], new long[fleet.Hosts.Count]);
        foreach (var pair in sums.Pairs)
        {
            failedFrom[pair.Source] += pair.Tally.Failed;
            failedTo[pair.Target] += pair.Tally.Failed;
        }

        var destinations = new int[fleet.Hosts.Count];
        foreach (var pair in sums.Pairs)
        {
            if (pair.Tally.Probes < FewestProbes || pair.Tally.Failed < pair.Tally.Probes) continue;
            if (received[pair.Target] > failedTo[pair.Target] && sent[pair.Source] > failedFrom[pair.Source]) destinations[pair.Source]++;
        }

        var scores = new Dictionary<int, double>();
        for (var pod = 0; pod < fleet.Pods.Count; pod++)
        {
            var reporting = fleet.HostsOfPod[pod].Count(host => sent[host] > 0);
            var symptoms = fleet.HostsOfPod[pod].Count(host => destinations[host] >= FewestDestinations);
            if (reporting >= FewestHosts && symptoms > 0) scores[pod] = (double)symptoms / reporting;
        }

        return scores;
    }
}
