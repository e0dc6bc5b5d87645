using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pingmesh.Core.Yaml;

/// <summary>
/// Builds nodes from YamlDotNet's events, without recursion and within bounds, and reports what is legal YAML but has no
/// place in a configuration: duplicate keys, tags, keys that are not text, several documents.
/// </summary>
internal sealed class YamlLoader(string text, Action<YamlPlace, string> report)
{
    /// <summary>Deepest nesting of lists and mappings.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most lists, mappings, texts and aliases in one document.</summary>
    public const int MaxNodes = 2_000_000;

    private readonly Stack<Frame> open = new();
    private readonly Dictionary<string, YamlNode> anchors = new(StringComparer.Ordinal);
    private YamlNode? root;
    private int nodes;
    private bool broken;

    /// <summary>The document's root; null when there is none or the text is no YAML (which was reported).</summary>
    public YamlNode? Load()
    {
        // The parser takes it for the end of the text and would pass over what follows.
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            report(YamlPlace.Start, "not valid YAML: the file holds a NUL character; save it as UTF-8 text");
            return null;
        }

        var parser = new Parser(new StringReader(text));
        var documents = 0;
        while (MoveNext(parser))
        {
            if (parser.Current is not { } current) continue;
            if (current is DocumentStart && ++documents > 1)
            {
                report(PlaceOf(current.Start), "a second document begins here; keep one document in a file and remove '---'");
                return null;
            }

            if (!Take(current)) return null;
        }

        return broken ? null : root;
    }

    private bool MoveNext(Parser parser)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (YamlException error)
        {
            ReportSyntax(PlaceOf(error.Start), error.Message.TrimEnd('.'));
        }
#pragma warning disable CA1031 // The parser meets some broken texts with exceptions of other types.
        catch (Exception)
#pragma warning restore CA1031
        {
            ReportSyntax(PlaceOf(parser.Current?.End ?? Mark.Empty), "it cannot be understood from here on");
        }

        broken = true;
        return false;
    }

    private void ReportSyntax(YamlPlace place, string fault)
    {
        var remedy = fault.Contains(" tab", StringComparison.Ordinal)
            ? "indent with spaces, not with tabs"
            : "check the indentation here and above, and put text that holds ': ' or begins with one of {[*&%@ in quotes";
        report(place, $"not valid YAML: {fault}; {remedy}");
    }

    private static YamlPlace PlaceOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>False when the document is beyond a bound.</summary>
    private bool Take(ParsingEvent current)
    {
        var place = PlaceOf(current.Start);
        if (current is NodeEvent node)
        {
            if (++nodes > MaxNodes)
            {
                report(place, $"more than {MaxNodes:N0} values in one file; describe the fleet with ranges");
                return false;
            }

            if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
                report(place, $"tags are not taken; remove '{node.Tag.Value}'");
        }

        switch (current)
        {
            case AnchorAlias alias:
                if (!anchors.TryGetValue(alias.Value.Value, out var shared))
                {
                    report(place, $"alias '*{alias.Value.Value}' has no anchor before it; write '&{alias.Value.Value}' where its value stands");
                    shared = new YamlScalar(place, "", Plain: false);
                }

                Attach(shared);
                return true;
            case Scalar scalar:
                var value = new YamlScalar(place, scalar.Value, scalar.Style == ScalarStyle.Plain);
                if (!scalar.Anchor.IsEmpty) anchors[scalar.Anchor.Value] = value;
                Attach(value);
                return true;
            case SequenceStart start: return Open(new YamlSequence(place), start.Anchor);
            case MappingStart start: return Open(new YamlEntries(place), start.Anchor);
            case SequenceEnd or MappingEnd:
                var closed = open.Pop();
                // Only now: an alias inside its own anchor would be a cycle.
                if (!closed.Anchor.IsEmpty) anchors[closed.Anchor.Value] = closed.Node;
                Attach(closed.Node);
                return true;
            default: return true;
        }
    }

    private bool Open(YamlNode node, AnchorName anchor)
    {
        if (open.Count >= MaxDepth)
        {
            report(node.Place, $"nested more than {MaxDepth} levels deep; no file of this kind needs that");
            return false;
        }

        open.Push(new Frame(node, anchor));
        return true;
    }

    private void Attach(YamlNode node)
    {
        if (!open.TryPeek(out var parent)) root = node;
        else if (parent.Node is YamlSequence list) list.Items.Add(node);
        else if (parent.Key is null) parent.Key = node;
        else
        {
            AddEntry((YamlEntries)parent.Node, parent.Key, node);
            parent.Key = null;
        }
    }

    private void AddEntry(YamlEntries mapping, YamlNode key, YamlNode value)
    {
        if (key is not YamlScalar { Text.Length: > 0 } name)
            report(key.Place, $"a key must be text, not {(key is YamlScalar ? "empty" : key.Description)}; write 'key: value', and put text that begins with '{{' or '[' in quotes");
        else if (name is { Text: "<<", Plain: true })
            report(key.Place, "'<<' (merge) is not taken; write the keys out");
        else if (mapping.ByKey.TryGetValue(name.Text, out var first))
            report(key.Place, $"key '{name.Text}' appears twice in one mapping, first on line {first.Key.Place.Line}; remove one of the two");
        else
        {
            var entry = new YamlEntry(name, value);
            mapping.ByKey.Add(name.Text, entry);
            mapping.InOrder.Add(entry);
        }
    }

    private sealed class Frame(YamlNode node, AnchorName anchor)
    {
        public YamlNode Node { get; } = node;

        public AnchorName Anchor { get; } = anchor;

        public YamlNode? Key { get; set; }
    }
}
