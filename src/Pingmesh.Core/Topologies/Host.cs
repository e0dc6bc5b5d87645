using System.Net;

namespace Pingmesh.Core.Topologies;

/// <summary>A probed machine.</summary>
public sealed class Host
{
    internal Host(string name, IReadOnlyList<IPAddress> addresses, IReadOnlyDictionary<string, string> labels, Pod pod, int index)
    {
        Name = name;
        Addresses = addresses;
        Labels = labels;
        Pod = pod;
        Index = index;
    }

    /// <summary>Name, unique in the topology.</summary>
    public string Name { get; }

    /// <summary>Addresses, at least one, each unique in the topology. A peer is probed at the first one of a family that both ends have.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Labels, with those of its pod, podset and data center inherited.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The pod it is in.</summary>
    public Pod Pod { get; }

    /// <summary>Position in its pod, from 0: the paper's "server i of ToR x".</summary>
    public int Index { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
