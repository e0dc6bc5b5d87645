using Pingmesh.Analysis.Queries;
using Pingmesh.Core;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Regressions;

/// <summary>
/// Reads what is usual at a time of day: the same half hour of the seven days before, and the hour before for scopes without such days. Read anew every ten
/// minutes. Not thread-safe.
/// </summary>
internal sealed class UsualReader(WindowReader windows, RegressionLimits limits)
{
    private const int Days = 7;

    // Ten minutes before and after the ten minutes that it is for: what happens each day does not begin to the minute.
    private const int EitherSideSeconds = 600;

    private ScopeTable? readFor;
    private long readAt;
    private ScopeRtts? days;
    private ScopeRtts? hour;
    private int[] handshakeDays = [];
    private int[] payloadDays = [];

    /// <summary>Reads what is needed for looks at <paramref name="now"/>, Unix seconds.</summary>
    /// <param name="table">The scopes.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="trouble">Reads the times that do not count.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task ReadAsync(ScopeTable table, long now, Func<Task<TroubleTimes>> trouble, CancellationToken cancel)
    {
        var slot = Windows.StartOf(now, Windows.TenMinuteSeconds);
        if (ReferenceEquals(readFor, table) && readAt == slot) return;
        var times = await trouble().ConfigureAwait(false);
        var sum = new ScopeRtts(table, null);
        var (handshakes, payloads) = (new int[table.Scopes.Count], new int[table.Scopes.Count]);
        for (var day = 1; day <= Days; day++)
        {
            var start = slot - (day * (long)Windows.DaySeconds);
            var its = await ReadAsync(table, new TimeRange(start - EitherSideSeconds, start + Windows.TenMinuteSeconds + EitherSideSeconds), times, cancel).ConfigureAwait(false);
            for (var scope = 0; scope < handshakes.Length; scope++)
            {
                if (its.Of(scope, isPayload: false) is not null) handshakes[scope]++;
                if (its.Of(scope, isPayload: true) is not null) payloads[scope]++;
            }

            sum.Add(its);
        }

        // What is happening now is no baseline of itself.
        var end = slot - Windows.TenMinuteSeconds;
        hour = await ReadAsync(table, new TimeRange(end - Windows.HourSeconds, end), times, cancel).ConfigureAwait(false);
        (days, handshakeDays, payloadDays) = (sum, handshakes, payloads);
        (readFor, readAt) = (table, slot);
    }

    /// <summary>What is usual of a scope; null when too little is known.</summary>
    public Usual? Of(int scope, bool isPayload)
    {
        if (days?.Of(scope, isPayload) is { } before && before.Count >= limits.LeastUsual) return new Usual(before, (isPayload ? payloadDays : handshakeDays)[scope]);
        return hour?.Of(scope, isPayload) is { } lately && lately.Count >= limits.LeastUsual ? new Usual(lately, 0) : null;
    }

    private Task<ScopeRtts> ReadAsync(ScopeTable table, TimeRange range, TroubleTimes times, CancellationToken cancel)
    {
        var covered = windows.Locate(range, WindowLevel.HostAsSource).Covered;
        var query = new WindowQuery(WindowLevel.HostAsSource, covered.From, covered.To) { LongestSeconds = windows.ShortestKeptSeconds(WindowLevel.HostAsSource, range) };
        return windows.ReadAsync(query, () => new ScopeRtts(table, times), cancel);
    }
}
