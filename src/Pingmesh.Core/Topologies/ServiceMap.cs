namespace Pingmesh.Core.Topologies;

/// <summary>A service by rule.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Holds">Whether a host belongs to it.</param>
public sealed record ServiceRule(string Service, Func<Host, bool> Holds);

/// <summary>
/// The services of a topology: named sets of hosts, which may overlap. A host belongs to the services that its label
/// <c>service</c> lists (separated by commas), and to those whose rules hold it. Immutable.
/// </summary>
public sealed class ServiceMap
{
    /// <summary>The label that names a host's services.</summary>
    public const string Label = "service";

    private readonly SortedDictionary<string, List<Host>> hosts = new(StringComparer.Ordinal);

    /// <summary>The services of <paramref name="topology"/> by its labels and by <paramref name="rules"/>.</summary>
    public ServiceMap(Topology topology, IReadOnlyList<ServiceRule> rules)
    {
        Topology = topology;
        foreach (var rule in rules) hosts.TryAdd(rule.Service, []);
        foreach (var host in topology.Hosts)
        {
            foreach (var service in NamesOf(host, rules).Distinct(StringComparer.Ordinal))
            {
                if (!hosts.TryGetValue(service, out var members)) hosts[service] = members = [];
                members.Add(host);
            }
        }
    }

    /// <summary>The topology.</summary>
    public Topology Topology { get; }

    /// <summary>The services, by name; also those without hosts.</summary>
    public IReadOnlyCollection<string> Names => hosts.Keys;

    /// <summary>The hosts of a service in the topology's order; null when there is no such service.</summary>
    public IReadOnlyList<Host>? Find(string service) => hosts.GetValueOrDefault(service);

    private static IEnumerable<string> NamesOf(Host host, IReadOnlyList<ServiceRule> rules)
    {
        if (host.Labels.TryGetValue(Label, out var labels))
        {
            foreach (var name in labels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) yield return name;
        }

        foreach (var rule in rules)
        {
            if (rule.Holds(host)) yield return rule.Service;
        }
    }
}
