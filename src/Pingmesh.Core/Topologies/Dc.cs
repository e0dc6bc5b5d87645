namespace Pingmesh.Core.Topologies;

/// <summary>A data center: the podsets under one spine layer.</summary>
public sealed class Dc
{
    internal Dc(string name) => Name = name;

    /// <summary>Name, unique in the topology; also its path.</summary>
    public string Name { get; }

    /// <summary>Its podsets, at least one.</summary>
    public IReadOnlyList<Podset> Podsets { get; internal set; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
