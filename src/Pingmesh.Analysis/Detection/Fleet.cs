using System.Net;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>A topology with its hosts, pods, podsets and data centers numbered, so that detection counts in arrays. Immutable.</summary>
internal sealed class Fleet
{
    private readonly Dictionary<string, int> hostsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, int> hostsByAddress = [];
    private readonly int[] podOf;
    private readonly int[] podsetOf;
    private readonly int[] dcOf;

    /// <summary>Numbers the parts of <paramref name="topology"/> in its order.</summary>
    public Fleet(Topology topology)
    {
        Topology = topology;
        Hosts = topology.Hosts;
        Pods = topology.Pods;
        Podsets = [.. topology.Dcs.SelectMany(dc => dc.Podsets)];
        Dcs = topology.Dcs;
        podOf = new int[Hosts.Count];
        podsetOf = new int[Pods.Count];
        dcOf = new int[Podsets.Count];
        var podsets = Podsets.Select((podset, i) => (podset, i)).ToDictionary(one => one.podset, one => one.i);
        var dcs = Dcs.Select((dc, i) => (dc, i)).ToDictionary(one => one.dc, one => one.i);
        for (var i = 0; i < Podsets.Count; i++) dcOf[i] = dcs[Podsets[i].Dc];
        for (var i = 0; i < Pods.Count; i++) podsetOf[i] = podsets[Pods[i].Podset];
        for (var i = 0; i < Hosts.Count; i++)
        {
            podOf[i] = Hosts[i].Pod.Ordinal;
            hostsByName[Hosts[i].Name] = i;
            foreach (var address in Hosts[i].Addresses) hostsByAddress[AddressKey.Of(address)] = i;
        }

        HostsOfPod = [.. Pods.Select(pod => (IReadOnlyList<int>)[.. pod.Hosts.Select(host => hostsByName[host.Name])])];
    }

    public Topology Topology { get; }

    public IReadOnlyList<Host> Hosts { get; }

    public IReadOnlyList<Pod> Pods { get; }

    public IReadOnlyList<Podset> Podsets { get; }

    public IReadOnlyList<Dc> Dcs { get; }

    /// <summary>Numbers of the hosts of each pod.</summary>
    public IReadOnlyList<IReadOnlyList<int>> HostsOfPod { get; }

    /// <summary>The number of a host; -1 where the topology does not have it.</summary>
    public int Find(string host) => hostsByName.GetValueOrDefault(host, -1);

    /// <summary>The number of the host with that address; -1 where the topology does not have it.</summary>
    public int Find(UInt128 address) => hostsByAddress.GetValueOrDefault(address, -1);

    /// <summary>The number of the host with that address; -1 where the topology does not have it.</summary>
    public int Find(IPAddress address) => Find(AddressKey.Of(address));

    public int PodOf(int host) => podOf[host];

    public int PodsetOf(int host) => podsetOf[podOf[host]];

    public int DcOf(int host) => dcOf[podsetOf[podOf[host]]];

    public int PodsetOfPod(int pod) => podsetOf[pod];

    public int DcOfPodset(int podset) => dcOf[podset];

    /// <summary>How far two hosts are apart.</summary>
    public Span SpanOf(int a, int b)
    {
        if (podOf[a] == podOf[b]) return Span.Pod;
        var (podsetA, podsetB) = (PodsetOf(a), PodsetOf(b));
        if (podsetA == podsetB) return Span.Podset;
        return dcOf[podsetA] == dcOf[podsetB] ? Span.Dc : Span.Dcs;
    }
}
