using System.Globalization;

namespace Pingmesh.Controller.Topologies;

/// <summary>
/// Integer arithmetic inside a template's braces: numbers, <c>podset.n</c> and the like, <c>+ - * / %</c>, parentheses.
/// Division rounds towards zero.
/// </summary>
internal sealed class TemplateExpression
{
    // Bounds the recursion on parentheses.
    private const int MaxLength = 200;

    private readonly string text;
    private readonly TopologyLevel deepest;
    private int at;

    private TemplateExpression(string text, TopologyLevel deepest)
    {
        this.text = text;
        this.deepest = deepest;
    }

    /// <summary>Compiles an expression that may refer to levels down to <paramref name="deepest"/>.</summary>
    /// <exception cref="FormatException">It is none; says why and what to do.</exception>
    public static Func<ExpansionScope, long> Compile(string text, TopologyLevel deepest)
    {
        if (text.Length > MaxLength) throw new FormatException($"an expression is longer than {MaxLength} characters; make it shorter");
        var parser = new TemplateExpression(text, deepest);
        var value = parser.Sum();
        if (parser.Peek() is { } rest) throw parser.Unexpected(rest);
        return value;
    }

    private Func<ExpansionScope, long> Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
        {
            var (a, plus, b) = (left, text[at++] == '+', Product());
            left = plus ? scope => checked(a(scope) + b(scope)) : scope => checked(a(scope) - b(scope));
        }

        return left;
    }

    private Func<ExpansionScope, long> Product()
    {
        var left = Factor();
        while (Peek() is '*' or '/' or '%')
        {
            var (a, operation, b) = (left, text[at++], Factor());
            left = operation switch
            {
                '*' => scope => checked(a(scope) * b(scope)),
                '/' => scope => a(scope) / b(scope),
                _ => scope => a(scope) % b(scope),
            };
        }

        return left;
    }

    private Func<ExpansionScope, long> Factor()
    {
        switch (Peek())
        {
            case '-':
                at++;
                var negated = Factor();
                return scope => checked(-negated(scope));
            case '(':
                at++;
                var inner = Sum();
                if (Peek() != ')') throw new FormatException($"'{{{text}}}' lacks a ')'; close the parenthesis");
                at++;
                return inner;
            case >= '0' and <= '9':
                var digits = TakeWhile(char.IsAsciiDigit);
                if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > int.MaxValue)
                    throw new FormatException($"'{{{text}}}' holds the number {digits}; use numbers up to {int.MaxValue}");
                return _ => number;
            case { } letter when char.IsAsciiLetter(letter):
                return Reference(TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_'));
            case { } other: throw Unexpected(other);
            default: throw new FormatException($"'{{{text}}}' ends too early; complete the expression");
        }
    }

    private Func<ExpansionScope, long> Reference(string word)
    {
        var level = word.EndsWith(".n", StringComparison.Ordinal) ? TopologyLevels.Find(word[..^2]) : null;
        if (level is null)
            throw new FormatException($"'{{{text}}}' refers to '{word}'; use {TemplateText.KnownNumbers(deepest)}, or a single name such as {{dc}}");
        if (level > deepest)
            throw new FormatException($"'{{{text}}}' refers to '{word}', which has no number yet here; use {TemplateText.KnownNumbers(deepest)}");
        var known = level.Value;
        return scope => scope.NumberOf(known);
    }

    private char? Peek()
    {
        while (at < text.Length && text[at] == ' ') at++;
        return at < text.Length ? text[at] : null;
    }

    private string TakeWhile(Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length && belongs(text[at])) at++;
        return text[start..at];
    }

    private FormatException Unexpected(char c) =>
        new($"'{{{text}}}' has an unexpected '{c}'; use numbers, {TemplateText.KnownNumbers(deepest)}, + - * / % and parentheses");
}
