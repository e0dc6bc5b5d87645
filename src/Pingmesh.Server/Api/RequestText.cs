using Pingmesh.Analysis.Queries;
using Pingmesh.Analysis.Selections;
using Pingmesh.Store;

namespace Pingmesh.Server.Api;

/// <summary>Reads the parameters that several requests share.</summary>
internal static class RequestText
{
    /// <summary>A selection.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static Selection Selection(string? text, string name)
    {
        if (text is null) throw new BadRequestException($"'{name}' is missing; give for example {name}=dc1/ps1 or {name}=service:search,class=intra-dc");
        return Checked(() => Analysis.Selections.Selection.Parse(text), name);
    }

    /// <summary>The only series that count.</summary>
    /// <exception cref="BadRequestException">One of the names is not known.</exception>
    public static SeriesFilter Series(string? kind, string? @class, string? qos) => new(
        kind is null ? null : Checked(() => SeriesText.Kind(kind), "kind"),
        @class is null ? null : Checked(() => SeriesText.Class(@class), "class"),
        qos is null ? null : Checked(() => SeriesText.Dscp(qos), "qos"));

    /// <summary>A scope; null for none.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static Subject? Scope(string? text) => text is null ? null : Checked(() => Subject.Parse(text), "scope");

    /// <summary>The range, or the last hour.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static TimeRange RangeOrLastHour(string? from, string? to, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return TimeRangeText.Read(from, to, time) ?? new TimeRange(now - Core.Windows.HourSeconds, now);
    }

    /// <summary>One of some words.</summary>
    /// <exception cref="BadRequestException">It is none of them.</exception>
    public static T OneOf<T>(string text, string name, IReadOnlyDictionary<string, T> words) => words.TryGetValue(text, out var value)
        ? value
        : throw new BadRequestException($"'{name}' is '{text}'; it is one of {string.Join(", ", words.Keys)}");

    private static T Checked<T>(Func<T> read, string name)
    {
        try
        {
            return read();
        }
        catch (FormatException error)
        {
            throw new BadRequestException($"'{name}': {error.Message}");
        }
    }
}
