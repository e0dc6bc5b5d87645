namespace Pingmesh.Core.Yaml;

/// <summary>
/// A YAML text that is read strictly: every key must be asked for, every value must be of its type and range, and all
/// errors are collected with their places instead of stopping at the first one. Text in, checked values out; it opens
/// no file. Ask <see cref="Root"/> for what should be there, then see <see cref="Finish"/>. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// var yaml = StrictYaml.Parse(text, path);
/// var port = yaml.Root.Find("port")?.WholeNumber(1, 65535) ?? Ports.Server;
/// var name = yaml.Root.Require("name")?.Text();
/// var errors = yaml.Finish();
/// </code>
/// </example>
public sealed class StrictYaml
{
    /// <summary>Most errors that are listed; further ones are counted.</summary>
    public const int MaxErrors = 100;

    // Aliases let a small text unfold into a huge one; what is read of it is bounded instead.
    private const int MaxReads = 4_000_000;

    private readonly HashSet<ConfigurationError> errors = [];
    private readonly List<YamlMapping> mappings = [];
    private int omitted;
    private int reads;

    private StrictYaml(string file) => File = file;

    /// <summary>The file's name, for messages.</summary>
    public string File { get; }

    /// <summary>The mapping at the top; without keys when the text is empty or wrong.</summary>
    public YamlMapping Root { get; private set; } = null!;

    /// <summary>Whether the text is no YAML mapping at all (which is reported): then <see cref="Root"/> is empty and says nothing.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Parses a text. Never throws for what is in it: see <see cref="Finish"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name that messages call it by.</param>
    public static StrictYaml Parse(string text, string file)
    {
        var yaml = new StrictYaml(file);
        var root = new YamlLoader(text, yaml.Report).Load();
        yaml.IsBroken = root is null && yaml.errors.Count > 0;
        if (root is not null and not YamlEntries and not YamlScalar { IsNull: true })
        {
            yaml.Report(root.Place, $"the file must hold a mapping of keys to values, not {root.Description}; write 'key: value' lines");
            yaml.IsBroken = true;
        }

        yaml.Root = new YamlMapping(yaml, root as YamlEntries ?? new YamlEntries(YamlPlace.Start));
        return yaml;
    }

    /// <summary>Parses a text that is a list at the top. Never throws for what is in it: see <see cref="Finish"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name that messages call it by.</param>
    /// <param name="list">The list; null when the text is empty or no list, which is reported.</param>
    public static StrictYaml ParseList(string text, string file, out YamlValue? list)
    {
        var yaml = new StrictYaml(file);
        var root = new YamlLoader(text, yaml.Report).Load();
        yaml.Root = new YamlMapping(yaml, new YamlEntries(YamlPlace.Start));
        list = root is YamlSequence ? new YamlValue(yaml, "the list", root) : null;
        if (list is null && yaml.errors.Count == 0) yaml.Report(root?.Place ?? YamlPlace.Start, $"the text must be a list, not {root?.Description ?? "nothing"}");
        yaml.IsBroken = list is null;
        return yaml;
    }

    /// <summary>Reports an error that only the reader of the values can see.</summary>
    /// <param name="place">Where.</param>
    /// <param name="message">What is wrong and, after a semicolon, what to do about it.</param>
    public void Report(YamlPlace place, string message)
    {
        var error = new ConfigurationError(File, place.Line, place.Column, message);
        if (errors.Contains(error)) return;
        if (errors.Count < MaxErrors) errors.Add(error);
        else omitted++;
    }

    /// <summary>
    /// All errors so far, in the order of the text, with the keys that nobody asked for. Call it after everything was
    /// asked for; an empty list means that every value can be used.
    /// </summary>
    public IReadOnlyList<ConfigurationError> Finish()
    {
        foreach (var mapping in mappings) mapping.ReportUnknownKeys();
        var sorted = errors.OrderBy(error => error.Line).ThenBy(error => error.Column).ToList();
        if (omitted > 0)
            sorted.Add(new ConfigurationError(File, sorted[^1].Line, sorted[^1].Column, $"and {omitted:N0} more errors; correct these first"));
        return sorted;
    }

    internal void Track(YamlMapping mapping) => mappings.Add(mapping);

    /// <summary>Counts a value that is read; false when there are too many, which is reported.</summary>
    internal bool MayRead(YamlPlace place)
    {
        if (++reads <= MaxReads) return true;
        if (reads == MaxReads + 1) Report(place, $"its aliases unfold to more than {MaxReads:N0} values; write fewer of them");
        return false;
    }
}
