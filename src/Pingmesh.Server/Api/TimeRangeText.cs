using System.Globalization;
using Pingmesh.Analysis.Queries;

namespace Pingmesh.Server.Api;

/// <summary>Reads <c>from</c> and <c>to</c> of a request: Unix seconds or RFC 3339 times.</summary>
internal static class TimeRangeText
{
    /// <summary>The range; null when neither is given, which asks for live data.</summary>
    /// <exception cref="BadRequestException">One of them is missing or no time, or the range is empty.</exception>
    public static TimeRange? Read(string? from, string? to, TimeProvider time)
    {
        if (from is null && to is null) return null;
        if (from is null) throw new BadRequestException("'to' is given without 'from'; give both, or neither for live data");
        var start = ReadTime(from, "from");
        var end = to is null ? time.GetUtcNow().ToUnixTimeSeconds() : ReadTime(to, "to");
        return start < end ? new TimeRange(start, end) : throw new BadRequestException($"'from' ({from}) is not before 'to' ({to ?? "now"})");
    }

    private static long ReadTime(string text, string name)
    {
        // Far beyond any clock, and safe to calculate with.
        const long Latest = 253_402_300_799;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= Latest) return seconds;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment > DateTimeOffset.UnixEpoch)
            return moment.ToUnixTimeSeconds();
        throw new BadRequestException($"'{name}' is '{text}', which is no time; give Unix seconds or a time such as 2026-11-20T14:00:00Z");
    }
}
