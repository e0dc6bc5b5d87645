using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>
/// Which hosts are meant: <c>dc1</c>, <c>dc1/ps2</c>, <c>dc1/ps2/pod3</c> or <c>dc1/ps2/pod3/host4</c>, where <c>*</c> stands
/// for any name on its level; or <c>label=value</c>. Compared by value.
/// </summary>
public sealed record ScopePattern
{
    private readonly string[] parts;
    private readonly string? label;

    private ScopePattern(string text, string[] parts, string? label)
    {
        Text = text;
        this.parts = parts;
        this.label = label;
    }

    /// <summary>Every host.</summary>
    public static ScopePattern All { get; } = new("*", [], null);

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none; says what helps.</exception>
    public static ScopePattern Parse(string text)
    {
        if (text == "*") return All;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return new ScopePattern(text, [text[(equals + 1)..]], text[..equals]);
        var parts = text.Split('/');
        return parts.Length <= 4 && parts.All(part => part == "*" || ScopeName.IsValid(part))
            ? new ScopePattern(text, parts, null)
            : throw new FormatException($"'{text}' is no scope; write for example dc1, dc1/ps2, dc1/*/pod3, dc1/ps2/pod3/host4 or label=value");
    }

    /// <summary>Whether a host is meant.</summary>
    public bool Holds(Host host)
    {
        if (label is not null) return host.Labels.TryGetValue(label, out var value) && value == parts[0];
        return Fits(0, host.Pod.Podset.Dc.Name) && Fits(1, host.Pod.Podset.Name) && Fits(2, host.Pod.Name) && Fits(3, host.Name);
    }

    /// <inheritdoc/>
    public bool Equals(ScopePattern? other) => other?.Text == Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Fits(int level, string name) => level >= parts.Length || parts[level] == "*" || parts[level] == name;
}
