using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Topologies;

/// <summary>An entry of a topology file as it is written, before its range is expanded.</summary>
/// <param name="Level">What it describes.</param>
/// <param name="Name">Its name or names.</param>
/// <param name="Place">Where its name stands.</param>
/// <param name="Labels">Its own labels.</param>
/// <param name="Addresses">Addresses; hosts only.</param>
/// <param name="Children">The entries of the next level; all but hosts.</param>
internal sealed record TopologySpec(
    TopologyLevel Level,
    NamePattern Name,
    YamlPlace Place,
    IReadOnlyList<KeyValuePair<string, PlacedTemplate>> Labels,
    IReadOnlyList<PlacedTemplate> Addresses,
    IReadOnlyList<TopologySpec> Children)
{
    /// <summary>How many hosts it makes.</summary>
    public double HostCount { get; } = Name.Count * (Level == TopologyLevel.Host ? 1.0 : Children.Sum(child => child.HostCount));
}

/// <summary>A template and where it stands.</summary>
internal sealed record PlacedTemplate(YamlPlace Place, TemplateText Text);
