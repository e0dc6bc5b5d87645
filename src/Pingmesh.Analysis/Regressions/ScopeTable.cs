using Pingmesh.Analysis.Naming;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Regressions;

/// <summary>The scopes of a look by number, and which of them a stored host counts for. Immutable.</summary>
internal sealed class ScopeTable
{
    private readonly Dictionary<int, (Host Host, List<int> Scopes)> byHost = [];
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    public ScopeTable(IReadOnlyList<WatchedScope> scopes, NameTable names)
    {
        Scopes = scopes;
        var ids = new Dictionary<Host, int>();
        for (var number = 0; number < scopes.Count; number++)
        {
            numbers[scopes[number].Name] = number;
            foreach (var host in scopes[number].Hosts)
            {
                if (!ids.TryGetValue(host, out var id))
                {
                    // A host that was never measured has no number yet.
                    if (names.FindHost(host.Name) is not { } found) continue;
                    ids[host] = id = found;
                    byHost.TryAdd(id, (host, []));
                }

                byHost[id].Scopes.Add(number);
            }
        }
    }

    public IReadOnlyList<WatchedScope> Scopes { get; }

    /// <summary>The number of a scope by its name; -1 when it is not among them.</summary>
    public int Find(string name) => numbers.GetValueOrDefault(name, -1);

    /// <summary>The scopes of a host by its name id; null when it is in none.</summary>
    public IReadOnlyList<int>? ScopesOf(int id) => byHost.TryGetValue(id, out var entry) ? entry.Scopes : null;

    /// <summary>The host of a name id; null when it is in no scope.</summary>
    public Host? HostOf(int id) => byHost.TryGetValue(id, out var entry) ? entry.Host : null;
}
