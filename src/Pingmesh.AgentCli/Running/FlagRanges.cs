using System.CommandLine;
using System.Globalization;
using Pingmesh.Core.Yaml;

namespace Pingmesh.AgentCli.Running;

/// <summary>Reads flags whose values have a range.</summary>
internal static class FlagRanges
{
    /// <exception cref="UsageException">The value is out of range; says which it is.</exception>
    public static int GetInRange(this ParseResult flags, Option<int> option, int min, int max) => Check(option.Name, flags.GetValue(option), min, max);

    /// <exception cref="UsageException">The value is out of range; says which it is.</exception>
    public static TimeSpan GetSeconds(this ParseResult flags, Option<double> option, double min, double max)
    {
        var value = flags.GetValue(option);
        return value >= min && value <= max
            ? TimeSpan.FromSeconds(value)
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: {value} is out of range; it goes from {min} to {max} seconds"));
    }

    /// <summary>Reads a duration such as <c>10s</c>.</summary>
    /// <exception cref="UsageException">It is none, or out of range; says which it is.</exception>
    public static TimeSpan Duration(string name, string text, TimeSpan min, TimeSpan max)
    {
        if (!DurationText.TryParse(text, out var value)) throw new UsageException($"{name}: '{text}' is no duration; {DurationText.Rule}");
        return value >= min && value <= max
            ? value
            : throw new UsageException($"{name}: {text} is out of range; it goes from {DurationText.Format(min)} to {DurationText.Format(max)}");
    }

    /// <exception cref="UsageException">The value is out of range; says which it is.</exception>
    public static int Check(string name, int value, int min, int max) =>
        value >= min && value <= max ? value : throw new UsageException($"{name}: {value} is out of range; it goes from {min} to {max}");
}
