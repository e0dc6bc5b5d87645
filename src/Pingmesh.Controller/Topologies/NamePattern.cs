using System.Globalization;
using System.Text;

namespace Pingmesh.Controller.Topologies;

/// <summary>
/// A name in a topology file: a template with at most one range, such as <c>{dc}-ps[01-20]</c>. The range makes one entry a
/// number. Two ranges are refused since an entry has one number: nest levels instead.
/// </summary>
internal sealed class NamePattern
{
    private readonly TemplateText before;
    private readonly TemplateText after;
    private readonly int width;

    private NamePattern(TemplateText before, TemplateText after, int width, Range? numbers)
    {
        this.before = before;
        this.after = after;
        this.width = width;
        Numbers = numbers;
    }

    /// <summary>First and last number; null when there is no range.</summary>
    public Range? Numbers { get; }

    /// <summary>How many names it makes.</summary>
    public long Count => Numbers is { } range ? range.Last - range.First + 1 : 1;

    /// <summary>Reads a pattern for a name at <paramref name="level"/>.</summary>
    /// <exception cref="FormatException">It is wrong; says why and what to do.</exception>
    public static NamePattern Compile(string text, TopologyLevel level)
    {
        TopologyLevel? names = level == TopologyLevel.Dc ? null : level - 1;
        var open = text.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            if (text.Contains(']', StringComparison.Ordinal)) throw new FormatException($"'{text}' has a ']' without a '['; write a range as [1-20]");
            return new NamePattern(TemplateText.Compile(text, names, level), TemplateText.Compile("", names, level), 0, null);
        }

        var close = text.IndexOf(']', open);
        if (close < 0) throw new FormatException($"'{text}' has a '[' without a ']'; write a range as [1-20]");
        if (text.IndexOf('[', open + 1) >= 0) throw new FormatException($"'{text}' has more than one range; keep one, since an entry has one number");
        var (range, width) = ReadRange(text[(open + 1)..close]);
        return new NamePattern(
            TemplateText.Compile(text[..open], names, level), TemplateText.Compile(text[(close + 1)..], names, level), width, range);
    }

    /// <summary>The name with <paramref name="number"/> in the place of the range.</summary>
    /// <exception cref="FormatException">The arithmetic fails.</exception>
    public string Fill(ExpansionScope scope, long number)
    {
        var text = new StringBuilder();
        before.FillInto(text, scope);
        if (Numbers is not null)
        {
            var digits = number.ToString(CultureInfo.InvariantCulture);
            text.Append('0', Math.Max(0, width - digits.Length)).Append(digits);
        }

        after.FillInto(text, scope);
        return text.ToString();
    }

    private static (Range Numbers, int Width) ReadRange(string text)
    {
        var ends = text.Split('-');
        if (ends.Length != 2 || !ends.All(end => end.Length is > 0 and <= 9 && end.All(char.IsAsciiDigit)))
            throw new FormatException($"'[{text}]' is no range; write two whole numbers with '-' between them, such as [1-20] or [01-20]");
        var range = new Range(long.Parse(ends[0], CultureInfo.InvariantCulture), long.Parse(ends[1], CultureInfo.InvariantCulture));
        if (range.Last < range.First) throw new FormatException($"'[{text}]' runs backwards; write the smaller number first");
        var padded = ends[0].Length > 1 && ends[0][0] == '0';
        if (ends[1].Length > 1 && ends[1][0] == '0' && !(padded && ends[0].Length == ends[1].Length))
            throw new FormatException($"'[{text}]' pads its end but not its beginning alike; write both with the same number of digits");
        return (range, padded ? ends[0].Length : 0);
    }

    /// <summary>The numbers of a range, both ends included.</summary>
    internal readonly record struct Range(long First, long Last);
}
