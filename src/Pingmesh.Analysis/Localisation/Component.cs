namespace Pingmesh.Analysis.Localisation;

/// <summary>Something that packets go through.</summary>
/// <param name="IsLink">Whether it is a link; else a switch, a host, or a hop that is known by its address only.</param>
/// <param name="Name">Its name; of a link <c>a~b</c>.</param>
internal readonly record struct Component(bool IsLink, string Name)
{
    /// <summary>The link between two nodes, the same in both directions.</summary>
    public static Component Link(string a, string b) => new(true, string.CompareOrdinal(a, b) < 0 ? $"{a}~{b}" : $"{b}~{a}");

    public static Component Node(string name) => new(false, name);
}
