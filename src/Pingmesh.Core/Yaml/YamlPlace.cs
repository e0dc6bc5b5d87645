namespace Pingmesh.Core.Yaml;

/// <summary>Where in a text something stands.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct YamlPlace(int Line, int Column)
{
    /// <summary>The beginning of the text.</summary>
    public static YamlPlace Start => new(1, 1);
}
