using System.Collections.Concurrent;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Names;

namespace Pingmesh.AgentCli.Targets;

/// <summary>Turns targets as they were written into addresses to ping.</summary>
internal static class TargetResolution
{
    private const int MaxAtOnce = 32;

    /// <summary>The addresses, in the order of the targets, each once; and the targets that have none.</summary>
    /// <param name="texts">The targets as they were written.</param>
    /// <param name="family">The family wanted; null for both.</param>
    /// <param name="everyAddress">Whether each address of a name is a target, not only the first.</param>
    /// <param name="portOf">The port of a target.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<(List<Target> Targets, List<UnresolvedTarget> Unresolved)> ResolveAsync(
        IReadOnlyList<TargetText> texts, AddressFamily? family, bool everyAddress, Func<TargetText, int> portOf, CancellationToken cancel)
    {
        var resolver = new NameResolver { Family = family };
        var answers = new ConcurrentDictionary<string, NameResolution>(StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(
            texts.Select(text => text.Host).Distinct(StringComparer.OrdinalIgnoreCase),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancel },
            async (host, stop) => answers[host] = await resolver.ResolveAsync(host, stop));

        var targets = new List<Target>();
        var unresolved = new List<UnresolvedTarget>();
        var seen = new HashSet<(string, int, string?)>();
        foreach (var text in texts)
        {
            var answer = answers[text.Host];
            if (answer.Error != ProbeError.None)
            {
                unresolved.Add(new UnresolvedTarget(text.Host, answer.Error, answer.Problem ?? answer.Error.Name()));
                continue;
            }

            foreach (var address in everyAddress ? answer.Addresses : answer.Addresses.Take(1))
            {
                var target = new Target(text.Host, address, portOf(text))
                {
                    ResolveNanoseconds = text.Host == address.ToString() ? 0 : answer.Nanoseconds,
                    Path = text.Url?.PathAndQuery,
                    Https = text.Url is { } url ? url.Scheme == "https" : null,
                };
                if (seen.Add((address.ToString(), target.Port, target.Path))) targets.Add(target);
            }
        }

        return (targets, unresolved);
    }
}
