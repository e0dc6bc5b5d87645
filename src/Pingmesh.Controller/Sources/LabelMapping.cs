using System.Net;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Sources;

/// <summary>Which labels say where a host is: for sources that know labels only.</summary>
/// <param name="Host">Label of the host's name; where it is missing, the target's own name or address.</param>
/// <param name="Dc">Label of its data center.</param>
/// <param name="Podset">Label of its podset.</param>
/// <param name="Pod">Label of its pod.</param>
public sealed record LabelMapping(string Host = "host", string Dc = "dc", string Podset = "podset", string Pod = "pod")
{
    /// <summary>Reads a mapping such as <c>dc=region,pod=rack</c>; what it does not name keeps its word.</summary>
    /// <exception cref="FormatException">It is none; says what helps.</exception>
    /// <param name="text">The text.</param>
    /// <param name="defaults">The words of what it does not name; null for the levels' own.</param>
    public static LabelMapping Parse(string text, LabelMapping? defaults = null)
    {
        var mapping = defaults ?? new LabelMapping();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (level, label) = part.Split('=') is [var left, { Length: > 0 } right] ? (left, right) : (part, "");
            mapping = (level, label) switch
            {
                (_, "") => throw new FormatException($"'{part}' is no mapping; write for example dc=region,pod=rack"),
                ("host", _) => mapping with { Host = label },
                ("dc", _) => mapping with { Dc = label },
                ("podset", _) => mapping with { Podset = label },
                ("pod", _) => mapping with { Pod = label },
                _ => throw new FormatException($"'{level}' is no level of the topology; use host, dc, podset or pod"),
            };
        }

        return mapping;
    }

    /// <summary>The host that labels describe. A value that cannot be a name has its impossible characters replaced by '-'.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="name">Its name where no label gives one.</param>
    /// <param name="addresses">Its addresses.</param>
    public HostEntry Map(IReadOnlyDictionary<string, string> labels, string name, IReadOnlyList<IPAddress> addresses)
    {
        // What says where the host is has become its place.
        var others = labels.Where(label => label.Key != Host && label.Key != Dc && label.Key != Podset && label.Key != Pod && !label.Key.StartsWith("__", StringComparison.Ordinal));
        return new HostEntry(
            Of(Host, name), Of(Dc, HostEntry.Unsaid), Of(Podset, HostEntry.Unsaid), Of(Pod, HostEntry.Unsaid), addresses,
            others.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal));

        string Of(string label, string unsaid) => ToName(labels.TryGetValue(label, out var value) && value.Length > 0 ? value : unsaid);
    }

    private static string ToName(string text)
    {
        if (ScopeName.IsValid(text)) return text;
        var plain = string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' ? c : '-')).TrimStart('-', '_', '.', ':');
        return plain.Length == 0 ? HostEntry.Unsaid : plain[..Math.Min(plain.Length, ScopeName.MaxLength)];
    }
}
