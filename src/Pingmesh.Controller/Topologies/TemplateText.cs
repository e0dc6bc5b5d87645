using System.Globalization;
using System.Text;

namespace Pingmesh.Controller.Topologies;

/// <summary>
/// Text with parts to fill in: <c>{dc}</c> a name, <c>{podset.n*25+pod.n}</c> a number, <c>{host.n:x}</c> the number in
/// hexadecimal, <c>{host.n:03}</c> and <c>{host.n:04x}</c> padded with zeros; <c>{{</c> and <c>}}</c> are braces.
/// </summary>
internal sealed class TemplateText
{
    private readonly List<Action<StringBuilder, ExpansionScope>> parts = [];

    private TemplateText(string source) => Source = source;

    /// <summary>As it was written.</summary>
    public string Source { get; }

    /// <summary>Compiles a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="names">Deepest level whose name it may use; null when there is none yet.</param>
    /// <param name="numbers">Deepest level whose number it may use.</param>
    /// <exception cref="FormatException">It is wrong; says why and what to do.</exception>
    public static TemplateText Compile(string text, TopologyLevel? names, TopologyLevel numbers)
    {
        var template = new TemplateText(text);
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '{' or '}' && at + 1 < text.Length && text[at + 1] == text[at]) literal.Append(text[at++]);
            else if (text[at] == '}') throw new FormatException($"'{text}' has a '}}' without a '{{' before it; write '}}}}' for the character itself");
            else if (text[at] == '{')
            {
                var end = text.IndexOf('}', at);
                if (end < 0) throw new FormatException($"'{text}' has a '{{' without a '}}' after it; close it, or write '{{{{' for the character itself");
                template.AddLiteral(literal);
                template.AddReference(text[(at + 1)..end].Trim(), names, numbers);
                at = end;
            }
            else literal.Append(text[at]);
        }

        template.AddLiteral(literal);
        return template;
    }

    /// <summary>The numbers that may be used, in words.</summary>
    public static string KnownNumbers(TopologyLevel deepest) =>
        string.Join(", ", Enum.GetValues<TopologyLevel>().Where(level => level <= deepest).Select(level => $"{level.Word()}.n"));

    /// <summary>The text with its parts filled in.</summary>
    /// <exception cref="FormatException">The arithmetic divides by zero, overflows, or gives a negative number.</exception>
    public string Fill(ExpansionScope scope)
    {
        var text = new StringBuilder();
        FillInto(text, scope);
        return text.ToString();
    }

    /// <summary>Appends the text with its parts filled in.</summary>
    public void FillInto(StringBuilder text, ExpansionScope scope)
    {
        foreach (var part in parts) part(text, scope);
    }

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length == 0) return;
        var value = literal.ToString();
        literal.Clear();
        parts.Add((text, _) => text.Append(value));
    }

    private void AddReference(string inner, TopologyLevel? names, TopologyLevel numbers)
    {
        if (inner.Length == 0) throw new FormatException($"'{Source}' has empty braces; write a name such as {{dc}} or a number such as {{dc.n}}");
        if (TopologyLevels.Find(inner) is { } level)
        {
            if (names is null || level > names)
                throw new FormatException($"'{Source}' refers to '{{{inner}}}', which has no name yet here; use {KnownNumbers(numbers)} or the names of the levels above");
            parts.Add((text, scope) => text.Append(scope.NameOf(level)));
            return;
        }

        var colon = inner.IndexOf(':', StringComparison.Ordinal);
        var (width, hex) = colon < 0 ? (1, false) : Format(inner[(colon + 1)..]);
        var value = TemplateExpression.Compile(colon < 0 ? inner : inner[..colon], numbers);
        parts.Add((text, scope) => AppendNumber(text, inner, value, scope, width, hex));
    }

    private static void AppendNumber(
        StringBuilder text, string inner, Func<ExpansionScope, long> value, ExpansionScope scope, int width, bool hex)
    {
        long number;
        try
        {
            number = value(scope);
        }
        catch (ArithmeticException error)
        {
            throw new FormatException($"'{{{inner}}}' {(error is DivideByZeroException ? "divides by zero" : "gives too large a number")}; correct the arithmetic", error);
        }

        if (number < 0) throw new FormatException($"'{{{inner}}}' gives {number}; correct the arithmetic so that it is never negative");
        var digits = number.ToString(hex ? "x" : "d", CultureInfo.InvariantCulture);
        text.Append('0', Math.Max(0, width - digits.Length)).Append(digits);
    }

    private (int Width, bool Hex) Format(string format)
    {
        var hex = format.EndsWith('x');
        var width = hex ? format[..^1] : format;
        if (width.Length == 0 && hex) return (1, true);
        if (width.Length is 2 or 3
            && width[0] == '0'
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 20)
        {
            return (number, hex);
        }

        throw new FormatException($"'{Source}' has the unknown format '{format}'; use x (hexadecimal), 03 (three digits) or 04x");
    }
}
