using Pingmesh.Analysis.Ingest;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Naming;

/// <summary>
/// Who the ends of probes are, under one topology: reporting hosts by name, peers by address. Used by the ingest loop
/// only. Ends in no topology keep their name or address as name, up to a limit, beyond which all share one name: a
/// fleet with a wrong topology must not fill the store with names.
/// </summary>
internal sealed class EndDirectory
{
    /// <summary>The name of all ends beyond the limit.</summary>
    public static readonly Name Others = new(NameKind.Address, "other");

    private readonly NameTable names;
    private readonly int maxUnknownNames;
    private readonly Dictionary<string, ProbeEnd> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, ProbeEnd> byAddress = [];

    /// <summary>A directory under <paramref name="topology"/>.</summary>
    public EndDirectory(Topology topology, NameTable names, int maxUnknownNames)
    {
        Topology = topology;
        this.names = names;
        this.maxUnknownNames = maxUnknownNames;
    }

    /// <summary>The topology.</summary>
    public Topology Topology { get; }

    /// <summary>The end that reported as <paramref name="host"/>.</summary>
    public ProbeEnd Find(string host) => byName.TryGetValue(host, out var end) ? end : OthersEnd();

    /// <summary>The end with that address key.</summary>
    public ProbeEnd Find(UInt128 address) => byAddress.TryGetValue(address, out var end) ? end : OthersEnd();

    /// <summary>Names all ends of these batches, so that they can be found. What is new gets its number from the store.</summary>
    public async Task PrepareAsync(IReadOnlyList<CheckedBatch> batches, CancellationToken cancellationToken)
    {
        var newHosts = new Dictionary<string, Names>(StringComparer.Ordinal);
        var newAddresses = new Dictionary<UInt128, Names>();
        foreach (var batch in batches)
        {
            if (!byName.ContainsKey(batch.Host)) newHosts[batch.Host] = NamesOf(Topology.FindHost(batch.Host), new(NameKind.Host, batch.Host));
            foreach (var address in batch.Peers())
            {
                if (byAddress.ContainsKey(address) || newAddresses.ContainsKey(address)) continue;
                var ip = AddressKey.ToAddress(address);
                newAddresses[address] = NamesOf(Topology.FindHost(ip), new(NameKind.Address, ip.ToString()));
            }
        }

        if (newHosts.Count == 0 && newAddresses.Count == 0) return;
        var wanted = Affordable(newHosts.Values.Concat(newAddresses.Values));
        wanted.Add(Others);
        await names.AddAsync(wanted, cancellationToken);
        foreach (var (host, its) in newHosts)
        {
            if (TryMakeEnd(its, out var end)) byName[host] = end;
        }

        foreach (var (address, its) in newAddresses)
        {
            if (TryMakeEnd(its, out var end)) byAddress[address] = end;
        }
    }

    private static Names NamesOf(Host? host, Name unknown) =>
        host is null ? new Names(unknown, null) : new Names(new(NameKind.Host, host.Name), new Name(NameKind.Pod, host.Pod.Path));

    private HashSet<Name> Affordable(IEnumerable<Names> ends)
    {
        var wanted = new HashSet<Name>();
        var left = maxUnknownNames + Topology.Hosts.Count - names.Count(NameKind.Host) - names.Count(NameKind.Address);
        foreach (var (host, pod) in ends)
        {
            if (pod is not null) wanted.Add(pod.Value);
            else if (names.TryGetId(host, out _) || left-- <= 0) continue;
            wanted.Add(host);
        }

        return wanted;
    }

    private bool TryMakeEnd(Names its, out ProbeEnd end)
    {
        var pod = 0;
        var known = names.TryGetId(its.Host, out var host) && (its.Pod is null || names.TryGetId(its.Pod.Value, out pod));
        end = new ProbeEnd(host, pod);
        return known;
    }

    private ProbeEnd OthersEnd() => names.TryGetId(Others, out var id) ? new ProbeEnd(id, 0) : default;

    private readonly record struct Names(Name Host, Name? Pod);
}
