using System.Globalization;

namespace Pingmesh.Core.Yaml;

/// <summary>
/// A value whose type is still to be said. Every getter gives null, or an empty collection, when the value is not of that
/// type or range, and reports it; so the caller takes a default and goes on to find the next error.
/// </summary>
public sealed class YamlValue
{
    private readonly StrictYaml yaml;
    private readonly string name;
    private readonly YamlNode node;

    internal YamlValue(StrictYaml yaml, string name, YamlNode node)
    {
        this.yaml = yaml;
        this.name = name;
        this.node = node;
    }

    /// <summary>Where the value begins.</summary>
    public YamlPlace Place => node.Place;

    /// <summary>Whether it is a list.</summary>
    public bool IsList => node is YamlSequence;

    /// <summary>Whether it is a mapping.</summary>
    public bool IsMapping => node is YamlEntries;

    /// <summary>Text, not empty; a number or word without quotes is text too.</summary>
    public string? Text()
    {
        if (node is YamlScalar { IsNull: false } scalar && scalar.Text.Length > 0) return scalar.Text;
        return node is YamlScalar
            ? Wrong<string>($"'{name}' is empty", "write a text")
            : Wrong<string>($"'{name}' must be text, not {node.Description}", "write one text, in quotes if it begins with '{' or '['");
    }

    /// <summary>One of the given words, as written there.</summary>
    public string? OneOf(params IReadOnlyList<string> words)
    {
        var text = Text();
        if (text is null || words.Contains(text)) return text;
        var remedy = NearestKey.Of(text, words) is { } nearest ? $"did you mean '{nearest}'?" : $"use one of {string.Join(", ", words)}";
        return Wrong<string>($"'{name}' cannot be '{text}'", remedy);
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int? WholeNumber(int min, int max) => (int?)WholeNumber((long)min, max);

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public long? WholeNumber(long min, long max)
    {
        if (PlainText("a whole number", $"write a number from {min} to {max}") is not { } text) return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return NotA<long>("a whole number", $"write a number from {min} to {max}");
        return number >= min && number <= max ? number : OutOfRange<long>(text, $"{min} to {max}");
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>, such as <c>0.001</c> or <c>1e-3</c>.</summary>
    public double? Number(double min, double max)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");
        if (PlainText("a number", $"write a number from {range}") is not { } text) return null;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return NotA<double>("a number", $"write a number from {range}");
        return number >= min && number <= max ? number : OutOfRange<double>(text, range);
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool? Bool() => PlainText("true or false", "write true or false") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => NotA<bool>("true or false", "write true or false"),
    };

    /// <summary>A duration from <paramref name="min"/> to <paramref name="max"/>, with its unit; see <see cref="DurationText"/>.</summary>
    public TimeSpan? Duration(TimeSpan min, TimeSpan max)
    {
        if (node is not YamlScalar scalar || !DurationText.TryParse(scalar.Text, out var duration))
            return NotA<TimeSpan>("a duration", DurationText.Rule);
        return duration >= min && duration <= max
            ? duration
            : OutOfRange<TimeSpan>(scalar.Text, $"{DurationText.Format(min)} to {DurationText.Format(max)}");
    }

    /// <summary>A mapping whose keys are asked for one by one.</summary>
    public YamlMapping? Mapping() => node is YamlEntries entries ? new YamlMapping(yaml, entries) : NotAMapping<YamlMapping>();

    /// <summary>The values of a list, in order; empty values are reported and left out.</summary>
    public IReadOnlyList<YamlValue> List()
    {
        if (node is not YamlSequence list)
        {
            NotA<int>("a list", "write '- ...' lines under it");
            return [];
        }

        var values = new List<YamlValue>(list.Items.Count);
        for (var i = 0; i < list.Items.Count && yaml.MayRead(list.Items[i].Place); i++)
        {
            if (list.Items[i] is YamlScalar { IsNull: true })
                yaml.Report(list.Items[i].Place, $"'{name}[{i}]' has no value; give it one or remove the line");
            else
                values.Add(new YamlValue(yaml, $"{name}[{i}]", list.Items[i]));
        }

        return values;
    }

    /// <summary>The entries of a mapping whose keys are the user's own, in order; entries without a value are reported and left out.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlValue>> Entries()
    {
        if (node is not YamlEntries entries)
        {
            NotAMapping<object>();
            return [];
        }

        var values = new List<KeyValuePair<string, YamlValue>>(entries.InOrder.Count);
        foreach (var (key, value) in entries.InOrder)
        {
            if (!yaml.MayRead(key.Place)) break;
            if (value is YamlScalar { IsNull: true })
                yaml.Report(key.Place, $"'{key.Text}' has no value; give it one or remove the key");
            else
                values.Add(new(key.Text, new YamlValue(yaml, key.Text, value)));
        }

        return values;
    }

    /// <summary>A mapping of the user's own keys to texts; a text may be empty if it is in quotes.</summary>
    public IReadOnlyDictionary<string, string> TextMap()
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Entries())
        {
            if (value.node is YamlScalar scalar) map.Add(key, scalar.Text);
            else value.Text();
        }

        return map;
    }

    /// <summary>Reports an error of this value: what is wrong and, after a semicolon, the remedy.</summary>
    public void Report(string message) => yaml.Report(Place, message);

    private string? PlainText(string wanted, string remedy)
    {
        if (node is YamlScalar { Plain: true } scalar) return scalar.Text;
        return Wrong<string>($"'{name}' must be {wanted}, not {node.Description}", node is YamlScalar ? "write it without quotes" : remedy);
    }

    private T? NotAMapping<T>()
        where T : class
    {
        yaml.Report(Place, $"'{name}' must be a mapping of keys to values, not {node.Description}; write 'key: value' lines under it");
        return null;
    }

    private T? NotA<T>(string wanted, string remedy)
        where T : struct
    {
        yaml.Report(Place, $"'{name}' must be {wanted}, not {node.Description}; {remedy}");
        return null;
    }

    private T? OutOfRange<T>(string text, string range)
        where T : struct
    {
        yaml.Report(Place, $"'{name}' is {text}, which is out of range; use {range}");
        return null;
    }

    private T? Wrong<T>(string message, string remedy)
        where T : class
    {
        yaml.Report(Place, $"{message}; {remedy}");
        return null;
    }
}
