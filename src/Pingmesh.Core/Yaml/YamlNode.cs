namespace Pingmesh.Core.Yaml;

/// <summary>A piece of a parsed document. An alias shares the node of its anchor, so the nodes form a graph without cycles.</summary>
internal abstract record YamlNode(YamlPlace Place)
{
    /// <summary>How an error message calls it.</summary>
    public abstract string Description { get; }
}

/// <summary>Text. <paramref name="Plain"/>: written without quotes.</summary>
internal sealed record YamlScalar(YamlPlace Place, string Text, bool Plain) : YamlNode(Place)
{
    private const int Shown = 60;

    /// <summary>Whether nothing was written, or YAML's word for it.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Description => Plain ? $"'{Short}'" : $"the text \"{Short}\"";

    private string Short => Text.Length <= Shown ? Text : $"{Text.AsSpan(0, Shown)}...";
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(YamlPlace Place) : YamlNode(Place)
{
    public List<YamlNode> Items { get; } = [];

    /// <inheritdoc/>
    public override string Description => "a list";
}

/// <summary>Keys with values, each key once, in the order of the text.</summary>
internal sealed record YamlEntries(YamlPlace Place) : YamlNode(Place)
{
    public Dictionary<string, YamlEntry> ByKey { get; } = new(StringComparer.Ordinal);

    public List<YamlEntry> InOrder { get; } = [];

    /// <inheritdoc/>
    public override string Description => "a mapping";
}

/// <summary>One key with its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);
