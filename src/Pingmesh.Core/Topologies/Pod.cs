namespace Pingmesh.Core.Topologies;

/// <summary>The hosts under one top-of-rack switch.</summary>
public sealed class Pod
{
    internal Pod(string name, Podset podset, int ordinal)
    {
        Name = name;
        Podset = podset;
        Ordinal = ordinal;
        Path = $"{podset.Path}/{name}";
    }

    /// <summary>Name, unique in its podset.</summary>
    public string Name { get; }

    /// <summary><c>dc/podset/pod</c>, unique in the topology.</summary>
    public string Path { get; }

    /// <summary>The podset it is in.</summary>
    public Podset Podset { get; }

    /// <summary>Position among all pods of the topology, from 0, in the topology's order.</summary>
    public int Ordinal { get; }

    /// <summary>Its hosts, at least one, by <see cref="Host.Index"/>.</summary>
    public IReadOnlyList<Host> Hosts { get; internal set; } = [];

    /// <inheritdoc/>
    public override string ToString() => Path;
}
