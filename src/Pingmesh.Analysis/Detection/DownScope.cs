namespace Pingmesh.Analysis.Detection;

/// <summary>A scope of which all hosts are down.</summary>
/// <param name="Level">0 a host, 1 a pod, 2 a podset, 3 a data center.</param>
/// <param name="Number">Its number.</param>
/// <param name="Since">Start of the window in which most of its hosts were down first, Unix seconds.</param>
/// <param name="Hosts">Numbers of its hosts that are down.</param>
internal sealed record DownScope(int Level, int Number, long Since, IReadOnlyList<int> Hosts)
{
    /// <summary>Its path, or a host's name.</summary>
    public string ScopeIn(Fleet fleet) => Level switch
    {
        0 => fleet.Hosts[Number].Name,
        1 => fleet.Pods[Number].Path,
        2 => fleet.Podsets[Number].Path,
        _ => fleet.Dcs[Number].Name,
    };

    /// <summary>What is down, as the largest scopes of which all probed hosts are.</summary>
    /// <param name="fleet">The hosts.</param>
    /// <param name="down">The hosts that are down, with since when.</param>
    /// <param name="isProbed">Whether a host is known to be there: hosts that nobody has heard of or probed are neither up nor down.</param>
    public static List<DownScope> Of(Fleet fleet, IReadOnlyDictionary<int, long> down, Func<int, bool> isProbed)
    {
        var scopes = new List<DownScope>();
        var pods = new Dictionary<int, List<int>>();
        foreach (var pod in down.Keys.Select(fleet.PodOf).Distinct())
        {
            var hosts = fleet.HostsOfPod[pod].Where(host => down.ContainsKey(host) || isProbed(host)).ToList();
            var gone = hosts.Where(down.ContainsKey).ToList();

            if (gone.Count == hosts.Count) pods[pod] = gone;
            else scopes.AddRange(gone.Select(host => new DownScope(0, host, down[host], [host])));
        }

        var podsets = Fold(2, pods, fleet.PodsetOfPod, podset => fleet.Pods.Count(pod => fleet.PodsetOfPod(pod.Ordinal) == podset && fleet.HostsOfPod[pod.Ordinal].Any(host => down.ContainsKey(host) || isProbed(host))));
        var dcs = Fold(3, podsets, fleet.DcOfPodset, dc => Enumerable.Range(0, fleet.Podsets.Count).Count(podset => fleet.DcOfPodset(podset) == dc));
        scopes.AddRange(dcs.Select(dc => new DownScope(3, dc.Key, SinceOf(dc.Value), dc.Value)));
        return scopes;

        // One of them may have been down for long for a reason of its own.
        long SinceOf(List<int> hosts) => hosts.Select(host => down[host]).Order().ElementAt(hosts.Count / 2);

        // Those whose siblings are all down too become their parent; the others stay as they are.
        Dictionary<int, List<int>> Fold(int level, Dictionary<int, List<int>> children, Func<int, int> parentOf, Func<int, int> siblings)
        {
            var parents = new Dictionary<int, List<int>>();
            foreach (var family in children.GroupBy(child => parentOf(child.Key)))
            {
                if (family.Count() == siblings(family.Key) && family.Count() > 1) parents[family.Key] = [.. family.SelectMany(child => child.Value)];
                else scopes.AddRange(family.Select(child => Whole(level - 1, child.Key, child.Value)));
            }

            return parents;
        }

        // A single host says nothing of its ToR.
        DownScope Whole(int level, int number, List<int> hosts) =>
            hosts.Count == 1 ? new DownScope(0, hosts[0], down[hosts[0]], hosts) : new DownScope(level, number, SinceOf(hosts), hosts);
    }
}
