namespace Pingmesh.Core.Topologies;

/// <summary>The pods under one set of leaf switches.</summary>
public sealed class Podset
{
    internal Podset(string name, Dc dc)
    {
        Name = name;
        Dc = dc;
        Path = $"{dc.Name}/{name}";
    }

    /// <summary>Name, unique in its data center.</summary>
    public string Name { get; }

    /// <summary><c>dc/podset</c>, unique in the topology.</summary>
    public string Path { get; }

    /// <summary>The data center it is in.</summary>
    public Dc Dc { get; }

    /// <summary>Its pods, at least one.</summary>
    public IReadOnlyList<Pod> Pods { get; internal set; } = [];

    /// <inheritdoc/>
    public override string ToString() => Path;
}
