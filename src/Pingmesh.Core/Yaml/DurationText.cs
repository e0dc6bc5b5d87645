using System.Globalization;

namespace Pingmesh.Core.Yaml;

/// <summary>Durations as people write them: a number and a unit, such as <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1.5h</c>.</summary>
public static class DurationText
{
    /// <summary>The rule in words, to end an error message with.</summary>
    public const string Rule = "write a number with a unit (us, ms, s, m, h or d), such as 10s";

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads a duration, not negative, at most 10,000 days.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("umshd");
        var unit = text[digits.Length..];
        foreach (var (name, ticks) in Units)
        {
            if (name != unit) continue;
            if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            if (number > 10_000m * TimeSpan.TicksPerDay / ticks) return false;
            duration = TimeSpan.FromTicks((long)(number * ticks));
            return true;
        }

        return false;
    }

    /// <summary>The duration in the largest unit that gives a whole number; <see cref="TryParse"/> reads it back.</summary>
    public static string Format(TimeSpan duration)
    {
        for (var i = Units.Length - 1; i > 0; i--)
        {
            if (duration.Ticks != 0 && duration.Ticks % Units[i].Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / Units[i].Ticks}{Units[i].Unit}");
        }

        return duration == TimeSpan.Zero
            ? "0s"
            : string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / TimeSpan.TicksPerMicrosecond}us");
    }
}
