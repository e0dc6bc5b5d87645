namespace Pingmesh.Core.Yaml;

/// <summary>
/// Keys with values. Keys that are asked for become the valid ones; any other is reported by <see cref="StrictYaml.Finish"/>
/// as unknown. So ask for every key that may be there, whatever the others said.
/// </summary>
public sealed class YamlMapping
{
    private readonly StrictYaml yaml;
    private readonly YamlEntries entries;
    private readonly List<string> asked = [];

    internal YamlMapping(StrictYaml yaml, YamlEntries entries)
    {
        this.yaml = yaml;
        this.entries = entries;
        yaml.Track(this);
    }

    /// <summary>Where the mapping begins.</summary>
    public YamlPlace Place => entries.Place;

    /// <summary>The value of <paramref name="key"/>; null when the key is not there. A key without a value is reported.</summary>
    public YamlValue? Find(string key)
    {
        asked.Add(key);
        if (!entries.ByKey.TryGetValue(key, out var entry)) return null;
        if (!yaml.MayRead(entry.Key.Place)) return null;
        if (entry.Value is not YamlScalar { IsNull: true }) return new YamlValue(yaml, key, entry.Value);
        yaml.Report(entry.Key.Place, $"'{key}' has no value; give it one or remove the key");
        return null;
    }

    /// <summary>The value of <paramref name="key"/>; null when the key is not there or has no value, both of which are reported.</summary>
    public YamlValue? Require(string key)
    {
        if (!entries.ByKey.ContainsKey(key) && !yaml.IsBroken)
            yaml.Report(Place, $"key '{key}' is missing; add '{key}: ...' to the mapping that begins here");
        return Find(key);
    }

    /// <summary>Whether <paramref name="key"/> is there; makes it a valid one.</summary>
    public bool Has(string key)
    {
        asked.Add(key);
        return entries.ByKey.ContainsKey(key);
    }

    /// <summary>Reports an error of the mapping as a whole: what is wrong and, after a semicolon, the remedy.</summary>
    public void Report(string message) => yaml.Report(Place, message);

    internal void ReportUnknownKeys()
    {
        foreach (var entry in entries.InOrder)
        {
            var key = entry.Key.Text;
            if (asked.Contains(key)) continue;
            var remedy = NearestKey.Of(key, asked) is { } nearest
                ? $"did you mean '{nearest}'?"
                : $"valid here: {string.Join(", ", asked.Distinct().Order(StringComparer.Ordinal))}";
            yaml.Report(entry.Key.Place, $"unknown key '{key}'; {remedy}");
        }
    }
}
