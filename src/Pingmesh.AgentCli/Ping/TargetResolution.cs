using System.Collections.Concurrent;
using System.Net.Sockets;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;
using Pingmesh.Probing.Names;

namespace Pingmesh.AgentCli.Ping;

/// <summary>Turns targets as they were written into addresses to ping.</summary>
internal static class TargetResolution
{
    private const int MaxAtOnce = 32;

    /// <summary>The addresses, in the order of the targets, each once; and the targets that have none.</summary>
    public static async Task<(List<PingTarget> Targets, List<UnresolvedTarget> Unresolved)> ResolveAsync(
        IReadOnlyList<TargetText> texts, PingOptions options, CancellationToken cancel)
    {
        var family = options.OnlyIPv4 ? AddressFamily.InterNetwork : options.OnlyIPv6 ? AddressFamily.InterNetworkV6 : options.Source?.AddressFamily;
        var resolver = new NameResolver { Family = family };
        var answers = new ConcurrentDictionary<string, NameResolution>(StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(
            texts.Select(text => text.Host).Distinct(StringComparer.OrdinalIgnoreCase),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancel },
            async (host, stop) => answers[host] = await resolver.ResolveAsync(host, stop));

        var targets = new List<PingTarget>();
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

            foreach (var address in options.EveryAddress ? answer.Addresses : answer.Addresses.Take(1))
            {
                var target = new PingTarget(text.Host, address, PortOf(text, options))
                {
                    ResolveNanoseconds = text.Host == address.ToString() ? 0 : answer.Nanoseconds,
                    Path = text.Url?.PathAndQuery,
                    Https = text.Url?.Scheme == "https" || (text.Url is null && options.Http?.Https == true),
                };
                if (seen.Add((address.ToString(), target.Port, target.Path))) targets.Add(target);
            }
        }

        return (targets, unresolved);
    }

    private static int PortOf(TargetText text, PingOptions options)
    {
        if (options.Kind == ProbeKind.Icmp) return 0;
        return text.Port ?? (options.Port != 0 ? options.Port : PlatformProbers.DefaultPort(options.Kind, options.Http, options.Grpc));
    }
}
