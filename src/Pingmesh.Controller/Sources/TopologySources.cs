using Microsoft.Extensions.Logging;
using Pingmesh.Controller.Topologies;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// The topology that several sources make together. Where two know the same host or the same address, the earlier source
/// goes first. Merged anew whenever one of them changes; every change is logged as what was added, removed and moved. Thread-safe.
/// </summary>
public sealed partial class TopologySources : IDisposable
{
    private const int NamesShown = 5;

    private readonly IReadOnlyList<ITopologySource> sources;
    private readonly ILogger logger;
    private readonly Lock merging = new();
    private string conflicts = "";
    private volatile Topology current;

    /// <summary>Merges the sources and begins to follow them.</summary>
    /// <param name="sources">The sources, the one that goes first first. Disposed with this.</param>
    /// <param name="logger">Told of every change, and of hosts that cannot be taken in.</param>
    public TopologySources(IReadOnlyList<ITopologySource> sources, ILogger logger)
    {
        this.sources = sources;
        this.logger = logger;
        current = Merge();
        LogOpened(string.Join(", ", sources.Select(source => source.Name)), current.Dcs.Count, current.Pods.Count, current.Hosts.Count, current.Version);
        foreach (var source in sources) source.Changed += MergeAgain;
    }

    /// <summary>Raised after each change, with what changed.</summary>
    public event Action<TopologyDiff>? Changed;

    /// <summary>The topology of all sources together.</summary>
    public Topology Current => current;

    /// <summary>Ends the following. <see cref="Current"/> stays as it is.</summary>
    public void Dispose()
    {
        foreach (var source in sources)
        {
            source.Changed -= MergeAgain;
            source.Dispose();
        }
    }

    private static string Names(IReadOnlyList<Host> hosts) => hosts.Count == 0
        ? ""
        : $" ({string.Join(", ", hosts.Take(NamesShown))}{(hosts.Count > NamesShown ? ", ..." : "")})";

    private void MergeAgain()
    {
        TopologyDiff diff;
        lock (merging)
        {
            var topology = Merge();
            if (topology.Version == current.Version) return;
            diff = TopologyDiff.Between(current, topology);
            current = topology;
            LogChanged(
                topology.Version, topology.Hosts.Count, diff.Added.Count, Names(diff.Added), diff.Removed.Count, Names(diff.Removed),
                diff.Moved.Count, Names(diff.Moved), diff.Changed.Count, Names(diff.Changed));
        }

        Changed?.Invoke(diff);
    }

    private Topology Merge()
    {
        var builder = new TopologyBuilder();
        var owners = new Dictionary<string, ITopologySource>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var source in sources)
        {
            foreach (var host in source.Hosts)
            {
                if (owners.TryGetValue(host.Name, out var owner))
                {
                    // Knowing a host twice is what precedence is for; only within one source it is a mistake.
                    if (owner == source) problems.Add($"{source.Name}: host '{host.Name}' is there twice");
                    continue;
                }

                try
                {
                    builder.AddHost(host.Dc, host.Podset, host.Pod, host.Name, host.Addresses, host.Labels);
                    owners.Add(host.Name, source);
                }
                catch (ArgumentException error)
                {
                    problems.Add($"{source.Name}: {error.Message}");
                }
            }
        }

        var hosts = builder.Build();
        foreach (var source in sources.Where(source => source.Wiring != Wiring.None)) builder.AddWiring(source.Wiring);
        try
        {
            hosts = builder.Build();
        }
        catch (ArgumentException error)
        {
            // A link to a host that another source has moved or renamed, or switches of one name: the hosts go on without.
            problems.Add($"switches and links: {error.Message}");
        }

        Report(problems);
        return hosts;
    }

    private void Report(List<string> problems)
    {
        var text = string.Join('\n', problems.Take(NamesShown)) + (problems.Count > NamesShown ? $"\nand {problems.Count - NamesShown} more" : "");
        if (text == conflicts) return;
        conflicts = text;
        if (problems.Count > 0) LogLeftOut(problems.Count, text);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "topology of {Sources}: {Dcs} dcs, {Pods} pods, {Hosts} hosts, version {Version}")]
    private partial void LogOpened(string sources, int dcs, int pods, int hosts, string version);

    [LoggerMessage(
        EventId = 2, Level = LogLevel.Information,
        Message = "topology changed to version {Version} with {Hosts} hosts: {Added} added{AddedNames}, {Removed} removed{RemovedNames}, {Moved} moved{MovedNames}, {Changed} with other addresses or labels{ChangedNames}")]
    private partial void LogChanged(
        string version, int hosts, int added, string addedNames, int removed, string removedNames, int moved, string movedNames, int changed, string changedNames);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Count} entries are left out of the topology:\n{Problems}")]
    private partial void LogLeftOut(int count, string problems);
}
