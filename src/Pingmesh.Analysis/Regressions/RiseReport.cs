using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Regressions;

/// <summary>Puts into an incident what is known of a rise.</summary>
internal static class RiseReport
{
    private const string Prefix = "p99|";
    private const int FreshSeconds = 300;

    /// <summary>Whether an incident was made here, or by another server's watch.</summary>
    public static bool IsOfWatch(Incident incident) => incident.Key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What an incident of a scope is known by.</summary>
    public static string KeyOf(WatchedScope scope, bool isPayload) => $"{Prefix}{(isPayload ? "payloads" : "handshakes")}|{scope.Name}".ToLowerInvariant();

    /// <summary>The id of an incident, the same on all servers.</summary>
    public static string IdOf(string key, long onset) =>
        $"{DateTimeOffset.FromUnixTimeSeconds(onset).ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 4))}";

    /// <summary>What is wrong.</summary>
    public static IncidentKind KindOf(TrackedRise rise) =>
        rise.Scope.Sort == ScopeSort.Host ? IncidentKind.SlowHost : rise.IsPayload ? IncidentKind.PayloadLatency : IncidentKind.Latency;

    /// <summary>Writes the incident, if there is something new.</summary>
    public static void Write(IncidentBook book, TrackedRise rise, IncidentState state, ServiceMap services, long now, string? note = null)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        book.Change(rise.Id, one =>
        {
            if (one?.State == state && now - rise.ToldAt < FreshSeconds) return one;
            rise.ToldAt = now;
            var kind = KindOf(rise);
            var worst = rise.Worst;
            var interval = Proportion.Interval(worst.Slow, worst.Rtts);
            var names = rise.Scope.Hosts.Select(host => host.Name).ToHashSet(StringComparer.Ordinal);
            var isHost = rise.Scope.Sort == ScopeSort.Host;
            var next = new Incident
            {
                Id = rise.Id,
                Key = rise.Key,
                Version = one?.Version ?? 0,
                Kind = kind,
                State = state,
                Scope = rise.Scope.Name,
                Tier = rise.Scope.Tier,
                Summary = SummaryOf(rise, kind),
                Onset = one?.Onset ?? DateTimeOffset.FromUnixTimeSeconds(rise.Onset),
                Detected = one?.Detected ?? at,
                LastSymptom = DateTimeOffset.FromUnixTimeSeconds(rise.LastBad),
                Confirmed = one?.Confirmed ?? at,
                Resolved = state == IncidentState.Resolved ? at : null,
                Suspects = isHost ? [new Suspect("host", rise.Scope.Name, 1, worst.Slow, (int)Math.Min(int.MaxValue, worst.Slow), 0, 0)] : [],
                NotEnoughEvidence = isHost ? null : "a P99 that rises says where, but not which switch",
                Radius = new BlastRadius(
                    rise.Pairs, rise.Hosts, rise.Scope.Hosts.Select(host => host.Pod).Distinct().Count(),
                    [.. services.Names.Where(service => services.Find(service)!.Any(host => names.Contains(host.Name)))]),
                Figures = new IncidentFigures(worst.Rtts, worst.Slow, worst.Share, interval.Low, interval.High, worst.UsualShare, worst.P99Microseconds, worst.UsualP99Microseconds),
                Acknowledged = one?.Acknowledged,
                SilencedUntil = one?.SilencedUntil,
                Timeline = one?.Timeline ?? [],
            };
            if (one?.State == state) return next;
            var text = note ?? state switch
            {
                IncidentState.Confirmed => one is null or { State: IncidentState.Open } ? $"found: {next.Summary}" : "the P99 is high again",
                IncidentState.Mitigated => "the P99 has come back",
                _ => "the P99 stayed where it usually is; resolved",
            };
            return next with { Timeline = [.. next.Timeline, new IncidentNote(at, "pingmesh", text)] };
        });
    }

    private static string SummaryOf(TrackedRise rise, IncidentKind kind)
    {
        var series = rise.Worst.Series;
        var dscp = series.Dscp == 0 ? "" : $", DSCP {series.Dscp.ToString(CultureInfo.InvariantCulture)}";
        return $"{IncidentWords.Of(kind)} {rise.Scope.Words} since about {DateTimeOffset.FromUnixTimeSeconds(rise.Onset).ToString("HH:mm", CultureInfo.InvariantCulture)} UTC: "
            + $"P99 of {(rise.IsPayload ? "payloads" : "handshakes")} ({series.Kind.Name()}, {series.Class.Name()}{dscp}) is {Milliseconds(rise.Worst.P99Microseconds)}, "
            + $"{rise.Usual.Words} it was {Milliseconds(rise.Worst.UsualP99Microseconds)}.";
    }

    private static string Milliseconds(double microseconds) => $"{(microseconds / 1_000).ToString(microseconds < 10_000 ? "0.##" : "0.#", CultureInfo.InvariantCulture)} ms";
}
