namespace Pingmesh.Core.Pinglists;

/// <summary>
/// What an agent tells of itself with every request for its pinglist, in two headers: its labels (<c>dc=dc1,pod=pod3</c>, each name
/// and value percent-encoded) and its addresses (<c>10.0.0.1,fd00::1</c>; without them the server takes the one it sees).
/// </summary>
public static class AgentIdentity
{
    /// <summary>Header of the labels. Its presence says that the agent may be registered.</summary>
    public const string LabelsHeader = "Pingmesh-Labels";

    /// <summary>Header of the addresses.</summary>
    public const string AddressesHeader = "Pingmesh-Addresses";

    /// <summary>
    /// Header of what a pinglist was made from, in a word. An agent sends it back beside <c>If-None-Match</c>: while it is the same,
    /// the controller answers 304 without making the list again.
    /// </summary>
    public const string MeshHeader = "Pingmesh-Mesh";

    /// <summary>Header of an upload: when it was sent by the agent's clock, milliseconds of Unix time. A retry says it anew.</summary>
    public const string SentHeader = "Pingmesh-Sent";

    /// <summary>Most labels.</summary>
    public const int MaxLabels = 64;

    /// <summary>Longest name or value of a label, characters.</summary>
    public const int MaxLabelLength = 200;

    /// <summary>The text of labels.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> labels) => string.Join(
        ',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{Uri.EscapeDataString(label.Key)}={Uri.EscapeDataString(label.Value)}"));

    /// <summary>Reads what <see cref="Write"/> wrote, or somebody by hand.</summary>
    /// <exception cref="FormatException">It is no list of labels; says what helps.</exception>
    public static IReadOnlyDictionary<string, string> Read(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException($"'{part}' is no label; write for example dc=dc1");
            var (key, value) = (Uri.UnescapeDataString(part[..equals]), Uri.UnescapeDataString(part[(equals + 1)..]));
            if (key.Length > MaxLabelLength || value.Length > MaxLabelLength || key.Any(char.IsControl) || value.Any(char.IsControl))
                throw new FormatException($"label '{key[..Math.Min(key.Length, 40)]}' is longer than {MaxLabelLength} characters or holds a control character; write one short line");
            if (!labels.TryAdd(key, value)) throw new FormatException($"label '{key}' is given twice; keep one");
            if (labels.Count > MaxLabels) throw new FormatException($"there are more than {MaxLabels} labels; keep the ones that matter");
        }

        return labels;
    }
}
