using System.Globalization;
using System.Text.RegularExpressions;

namespace Pingmesh.UnitTests.Agent;

/// <summary>One sample of a Prometheus text, read strictly.</summary>
internal sealed partial record PrometheusSample(string Name, Dictionary<string, string> Labels, double Value)
{
    /// <summary>All samples. Refuses what breaks the format 0.0.4 or its naming rules.</summary>
    public static List<PrometheusSample> Parse(string text)
    {
        if (!text.EndsWith('\n')) throw new FormatException("the last line is not ended");
        var samples = new List<PrometheusSample>();
        var names = new HashSet<string>();
        var seen = new HashSet<string>();
        string current = "", type = "";
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                current = help.Groups[1].Value;
                type = "";
                if (!names.Add(current)) throw new FormatException($"{current} is there twice");
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                type = typed.Groups[2].Value;
                if (typed.Groups[1].Value != current) throw new FormatException($"type without help: {line}");
                if ((type == "counter") != current.EndsWith("_total", StringComparison.Ordinal)) throw new FormatException($"{current} is a {type}");
            }
            else
            {
                var match = Sample().Match(line);
                if (!match.Success || !IsOf(match.Groups["name"].Value, current, type) || type == "") throw new FormatException($"not expected: {line}");
                if (!seen.Add(line[..line.LastIndexOf(' ')])) throw new FormatException($"twice: {line}");
                var labels = match.Groups["label"].Captures.Zip(match.Groups["value"].Captures)
                    .ToDictionary(pair => pair.First.Value, pair => Unescape(pair.Second.Value));
                samples.Add(new PrometheusSample(match.Groups["name"].Value, labels, Number(match.Groups["number"].Value)));
            }
        }

        return samples;
    }

    private static bool IsOf(string name, string metric, string type) =>
        type == "histogram" ? name == metric + "_bucket" || name == metric + "_sum" || name == metric + "_count" : name == metric;

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static string Unescape(string text) => Escaped().Replace(text, match => match.Value == "\\n" ? "\n" : match.Value[1..]);

    [GeneratedRegex(@"^# HELP ([a-z_][a-z0-9_]*) ((?:[^\\]|\\[\\n])+)$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        """^(?<name>[a-z_][a-z0-9_]*)(?:\{(?<label>[a-z_]+)="(?<value>(?:[^"\\]|\\["\\n])*)"(?:,(?<label>[a-z_]+)="(?<value>(?:[^"\\]|\\["\\n])*)")*\})? (?<number>[-+0-9.eE]+|NaN|[-+]Inf)$""")]
    private static partial Regex Sample();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escaped();
}
