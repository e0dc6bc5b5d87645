using System.CommandLine;
using System.Globalization;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Yaml;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>
/// Where settings come from: flags, then environment, then a section of the configuration file. A wrong value is
/// reported at its own place.
/// </summary>
internal sealed class SettingSource(ParseResult? flags, Func<string, string?> environment, YamlMapping? file)
{
    /// <summary>Only what a configuration file says, to check the file.</summary>
    public static SettingSource FileOnly(YamlMapping? file) => new(null, _ => null, file);

    /// <summary>The section of the configuration file, for what is no single value; null without one.</summary>
    public YamlMapping? File => file;

    public string? Text(Setting setting) => Read<string>(setting, text => (text, null));

    /// <summary>A list: the flag several times, elsewhere values with commas between them.</summary>
    public IReadOnlyList<string> List(Setting setting) => Text(setting) is { } text ? Split(text) : [];

    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public int? WholeNumber(Setting setting, int min, int max) => Read<int?>(setting, text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? (value, null)
            : (null, $"'{text}' is no whole number from {min} to {max}"));

    public TimeSpan? Duration(Setting setting, TimeSpan min, TimeSpan max) => Read<TimeSpan?>(setting, text =>
    {
        if (!DurationText.TryParse(text, out var value)) return (null, $"'{text}' is no duration; {DurationText.Rule}");
        return value >= min && value <= max
            ? (value, null)
            : (null, $"'{text}' is out of range; it goes from {DurationText.Format(min)} to {DurationText.Format(max)}");
    });

    public T? OneOf<T>(Setting setting, IReadOnlyDictionary<string, T> choices)
        where T : struct => Read<T?>(setting, text =>
        choices.TryGetValue(text, out var value) ? (value, null) : (null, $"'{text}' is none of {string.Join(", ", choices.Keys)}"));

    /// <summary>The value of a setting, read by <paramref name="read"/>, which gives it or says what is wrong.</summary>
    public T? Read<T>(Setting setting, Func<string, (T? Value, string? Problem)> read)
    {
        // Asked for even where a flag wins, so that the file's key counts as known.
        var fromFile = file?.Find(setting.Key);
        if (flags?.GetValue(setting.Option) is { Length: > 0 } given) return Check(read(string.Join(',', given)), setting.Flag);
        if (environment(setting.Variable) is { Length: > 0 } text) return Check(read(text), setting.Variable);
        if (fromFile?.Text() is not { } inFile) return default;
        var (value, problem) = read(inFile);
        if (problem is not null) fromFile.Report($"'{setting.Key}': {problem}");
        return value;
    }

    private static T? Check<T>((T? Value, string? Problem) result, string origin) =>
        result.Problem is null ? result.Value : throw new UsageException($"{origin}: {result.Problem}");
}
