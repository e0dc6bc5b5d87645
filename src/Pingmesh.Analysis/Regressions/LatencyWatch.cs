using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Naming;
using Pingmesh.Analysis.Queries;
using Pingmesh.Core;
using Pingmesh.Core.Topologies;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Regressions;

/// <summary>
/// Finds scopes whose P99 has risen against what is usual for them at the time of day, below any fixed limit as well: looks once a minute at the five
/// minutes before, and keeps incidents of what lasts. One look at a time.
/// </summary>
public sealed class LatencyWatch
{
    private const int DuringSeconds = 300;
    private const int LooksADay = Windows.DaySeconds / Windows.MinuteSeconds;
    private const int MostIncidents = 2_000;

    // Pairs are counted in memory: those of at most so many hosts that have risen, and of so many beside them.
    private const int MostRows = 300;
    private const int MostControls = 100;

    // What another incident accounts for is looked at again after a while: there may be more to it by then.
    private const int SettledSeconds = 600;

    private static readonly TimeSpan History = TimeSpan.FromDays(9);

    private readonly WindowReader windows;
    private readonly NameTable names;
    private readonly Func<ServiceMap> services;
    private readonly IncidentBook book;
    private readonly TimeProvider time;
    private readonly RegressionLimits limits;
    private readonly UsualReader usual;
    private readonly List<TrackedRise> followed = [];
    private readonly Dictionary<(bool IsPayload, string Scope), (int Looks, long Since)> streaks = [];
    private readonly Dictionary<(bool IsPayload, string Scope), long> settled = [];
    private readonly Lock gate = new();
    private string settledUnder = "";
    private ServiceMap? tableOf;
    private (int Names, long Slot) tableAt;
    private ScopeTable? table;

    internal LatencyWatch(WindowReader windows, NameTable names, Func<ServiceMap> services, IncidentBook book, TimeProvider time, RegressionLimits limits)
    {
        this.windows = windows;
        this.names = names;
        this.services = services;
        this.book = book;
        this.time = time;
        this.limits = limits;
        usual = new UsualReader(windows, limits);
    }

    /// <summary>Whether an incident is followed here. From any thread.</summary>
    public bool Follows(string id)
    {
        lock (gate) return followed.Exists(one => one.Id == id);
    }

    /// <summary>Looks now.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<LatencyLook> LookAsync(CancellationToken cancel = default)
    {
        var now = Windows.StartOf(time.GetUtcNow().ToUnixTimeSeconds(), Windows.MinuteSeconds);
        var map = services();
        var scopes = TableOf(map, now);
        var query = new WindowQuery(WindowLevel.HostAsSource, now - DuringSeconds, now);
        var during = await windows.ReadAsync(query, () => new ScopeRtts(scopes, null), cancel).ConfigureAwait(false);
        await usual.ReadAsync(scopes, now, () => TroubleAsync(map, now, cancel), cancel).ConfigureAwait(false);
        HandOver(map, now);
        var (judged, risen) = (0, 0);

        // What hurts handshakes hurts payloads: it is looked for first.
        foreach (var isPayload in new[] { false, true })
        {
            var rises = new Dictionary<int, Rise>();
            for (var scope = 0; scope < scopes.Scopes.Count; scope++)
            {
                if (Rise.Of(during.Of(scope, isPayload), usual.Of(scope, isPayload), limits) is { } rise) rises[scope] = rise;
            }

            Follow(scopes, during, isPayload, map, now);
            var significance = limits.FalseADay / LooksADay / Math.Max(1, 2 * scopes.Scopes.Count);
            var above = rises.Where(one => one.Value.IsAbove && one.Value.Chance < significance).Select(one => one.Key).ToList();
            (judged, risen) = (judged + rises.Count, risen + above.Count);
            var lasting = Count(scopes, above, isPayload, now);
            if (lasting.Count > 0) await ExplainAsync(lasting, scopes, rises, during, isPayload, map, now, cancel).ConfigureAwait(false);
        }

        lock (gate) return new LatencyLook(judged, risen, followed.Count);
    }

    // Numbers of scopes last as long as the half hours of the baseline, as a rule.
    private ScopeTable TableOf(ServiceMap map, long now)
    {
        var at = (names.Count(NameKind.Host), Windows.StartOf(now, Windows.TenMinuteSeconds));
        if (table is not null && ReferenceEquals(tableOf, map) && tableAt == at && followed.TrueForAll(one => table.Find(one.Scope.Name) >= 0)) return table;
        (tableOf, tableAt) = (map, at);
        foreach (var rise in followed)
        {
            // Of a scope that is gone the hosts stay, and fall silent.
            if (TroubleTimes.HostsOf(rise.Scope.Name, map) is { Count: > 0 } hosts) rise.Scope = rise.Scope with { Hosts = hosts };
        }

        var all = WatchedScope.AllOf(map, limits.MostScopes);
        var known = all.Select(scope => scope.Name).ToHashSet(StringComparer.Ordinal);
        return table = new ScopeTable([.. all, .. followed.Select(one => one.Scope).DistinctBy(scope => scope.Name).Where(scope => !known.Contains(scope.Name))], names);
    }

    private async Task<TroubleTimes> TroubleAsync(ServiceMap map, long now, CancellationToken cancel)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        return new TroubleTimes(await book.ReadAsync(at - History, at + TimeSpan.FromMinutes(1), MostIncidents, cancel).ConfigureAwait(false), map, names, now);
    }

    private static bool IsCause(IncidentKind kind) =>
        kind is IncidentKind.Latency or IncidentKind.SlowHost or IncidentKind.SilentDrops or IncidentKind.BlackHole or IncidentKind.Partition or IncidentKind.PayloadLatency;

    private List<(Incident Incident, HashSet<Host> Hosts)> Causes(ServiceMap map) =>
        [.. book.Current.Where(one => one.State != IncidentState.Resolved && IsCause(one.Kind)).Select(one => (one, TroubleTimes.HostsOf(one.Scope, map).ToHashSet()))];

    // An incident of detection that holds the whole scope has more to say.
    private void HandOver(ServiceMap map, long now)
    {
        if (followed.Count == 0) return;
        var causes = Causes(map);
        foreach (var rise in followed.ToList())
        {
            if (!causes.Exists(cause => !Follows(cause.Incident.Id) && rise.Scope.Hosts.All(cause.Hosts.Contains))) continue;
            var other = causes.First(cause => !Follows(cause.Incident.Id) && rise.Scope.Hosts.All(cause.Hosts.Contains)).Incident;
            RiseReport.Write(book, rise, IncidentState.Resolved, map, now, $"part of incident {other.Id}, which accounts for it");
            lock (gate) followed.Remove(rise);
        }
    }

    private void Follow(ScopeTable scopes, ScopeRtts during, bool isPayload, ServiceMap map, long now)
    {
        foreach (var rise in followed.Where(one => one.IsPayload == isPayload).ToList())
        {
            var scope = scopes.Find(rise.Scope.Name);
            if (usual.Of(scope, isPayload) is { } known) rise.Usual = known;
            var seen = Rise.Of(during.Of(scope, isPayload), rise.Usual, limits);
            if (seen is { IsAbove: true })
            {
                (rise.LooksWithout, rise.LastBad) = (0, now);
                if (seen.Share > rise.Worst.Share) rise.Worst = seen;
            }
            else
            {
                rise.LooksWithout++;
            }

            var state = rise.LooksWithout == 0 ? IncidentState.Confirmed : rise.LooksWithout < limits.LooksToEnd ? IncidentState.Mitigated : IncidentState.Resolved;
            RiseReport.Write(book, rise, state, map, now, seen is null ? "too few probes are left to judge by" : null);
            if (state != IncidentState.Resolved) continue;
            lock (gate) followed.Remove(rise);
        }
    }

    // The scopes that have risen for long enough and are neither followed nor accounted for.
    private List<int> Count(ScopeTable scopes, List<int> above, bool isPayload, long now)
    {
        var under = string.Join(',', book.Current.Where(one => one.State != IncidentState.Resolved).Select(one => one.Id).Order(StringComparer.Ordinal));
        if (under != settledUnder) settled.Clear();
        settledUnder = under;
        var names = above.Select(scope => scopes.Scopes[scope].Name).ToHashSet(StringComparer.Ordinal);
        foreach (var key in streaks.Keys.Where(key => key.IsPayload == isPayload && !names.Contains(key.Scope)).ToList()) streaks.Remove(key);
        foreach (var name in names)
        {
            var (looks, since) = streaks.GetValueOrDefault((isPayload, name), (0, now - Windows.MinuteSeconds));
            streaks[(isPayload, name)] = (looks + 1, since);
        }

        return above.FindAll(scope => scopes.Scopes[scope].Name is var name && streaks[(isPayload, name)].Looks >= limits.LooksToTell
            && (!settled.TryGetValue((isPayload, name), out var at) || now - at >= SettledSeconds));
    }

    private async Task ExplainAsync(
        List<int> lasting, ScopeTable scopes, Dictionary<int, Rise> rises, ScopeRtts during, bool isPayload, ServiceMap map, long now, CancellationToken cancel)
    {
        var risen = lasting.ConvertAll(scope => scopes.Scopes[scope]);
        var hosts = risen.SelectMany(scope => scope.Hosts).Distinct().OrderBy(host => host.Pod.Ordinal).ThenBy(host => host.Index).ToList();
        var rtts = new SeriesRtts();
        foreach (var scope in lasting) rtts.Add(usual.Of(scope, isPayload)!.Rtts);
        var basis = new Usual(rtts, 0);
        var slowLimits = rtts.Series.Keys.Where(series => Rise.SlowLimit(basis, series, limits) is not null).ToDictionary(series => series, series => Rise.SlowLimit(basis, series, limits)!.Value);
        var byId = map.Topology.Hosts.Select(host => (Host: host, Id: names.FindHost(host.Name))).Where(one => one.Id is not null).ToDictionary(one => one.Id!.Value, one => one.Host);

        // Others of the same data centers are needed beside them: what they do not suffer tells who is at fault.
        var dcs = hosts.Select(host => host.Pod.Podset.Dc).ToHashSet();
        var others = map.Topology.Hosts.Where(host => dcs.Contains(host.Pod.Podset.Dc)).Except(hosts).ToList();
        var rows = names.FindHosts(Some(hosts, MostRows).Concat(Some(others, MostControls)).Select(host => host.Name));
        var covered = windows.Locate(new TimeRange(now - DuringSeconds, now), WindowLevel.HostPair).Covered;
        var slow = await windows.ReadAsync(
            new WindowQuery(WindowLevel.HostPair, covered.From, covered.To) { Rows = rows, MayMergeTime = true }, () => new SlowPairs(isPayload, slowLimits), cancel).ConfigureAwait(false);
        var usualSlow = rtts.Series.Sum(series => slowLimits.TryGetValue(series.Key, out var limit) ? series.Value.CountAbove(limit) : 0);
        var search = new CulpritSearch(slow, byId.GetValueOrDefault, (double)usualSlow / Math.Max(1, rtts.Count));
        var causes = Causes(map);

        // One of a watch that is no more is taken over rather than taken for the reason.
        var explained = causes.Where(cause => !RiseReport.IsOfWatch(cause.Incident) || Follows(cause.Incident.Id)).SelectMany(cause => cause.Hosts).ToHashSet();
        foreach (var scope in risen) settled[(isPayload, scope.Name)] = now;
        if (search.IsExplainedBy(explained)) return;
        var found = search.Find([.. risen.Where(scope => scope.Sort == ScopeSort.Service)], explained);
        if (found.Count == 0) found = Narrowest(risen);
        foreach (var scope in found)
        {
            var key = RiseReport.KeyOf(scope, isPayload);
            if (causes.Exists(cause => cause.Incident.Key != key && scope.Hosts.Any(cause.Hosts.Contains)) || followed.Exists(one => one.Key == key) || (isPayload && HaveRisen(scope, rises: scopes, during))) continue;
            Begin(scope, lasting, scopes, rises, search, isPayload, map, now);
        }
    }

    // At most so many, evenly chosen.
    private static IEnumerable<Host> Some(List<Host> hosts, int most) =>
        hosts.Where((_, i) => hosts.Count <= most || (long)i * most / hosts.Count != (i - 1L) * most / hosts.Count);

    // Where nobody in particular is at fault: what has risen itself, as wide as all of its parts have.
    private static IReadOnlyList<WatchedScope> Narrowest(List<WatchedScope> risen)
    {
        foreach (var sort in new[] { ScopeSort.Pod, ScopeSort.Podset, ScopeSort.Dc, ScopeSort.Service })
        {
            if (risen.FindAll(scope => scope.Sort == sort) is { Count: > 0 } its) return CulpritSearch.Widen(its);
        }

        return [];
    }

    // Payloads tell of themselves only where handshakes do not suffer alike.
    private bool HaveRisen(WatchedScope scope, ScopeTable rises, ScopeRtts during)
    {
        var all = scope.Hosts.Select(host => host.Pod).Distinct().Select(pod => rises.Find(pod.Path)).Where(pod => pod >= 0).ToList();
        var own = rises.Find(scope.Name);
        return (own >= 0 ? [own] : all).Any(one => Rise.Of(during.Of(one, isPayload: false), usual.Of(one, isPayload: false), limits) is { IsAbove: true, Chance: < 1e-3 });
    }

    private void Begin(
        WatchedScope scope, List<int> lasting, ScopeTable scopes, Dictionary<int, Rise> rises, CulpritSearch search, bool isPayload, ServiceMap map, long now)
    {
        // Its own figures where it is looked at; of a host, those of the smallest scope around it.
        var its = scope.Hosts.ToHashSet();
        var own = scopes.Find(scope.Name);
        var shown = own >= 0 && rises.ContainsKey(own)
            ? own
            : lasting.OrderByDescending(one => scopes.Scopes[one].Hosts.Any(its.Contains)).ThenBy(one => scopes.Scopes[one].Hosts.Count).First();
        var key = RiseReport.KeyOf(scope, isPayload);
        var onset = lasting.Min(one => streaks[(isPayload, scopes.Scopes[one].Name)].Since);
        var known = book.Current.FirstOrDefault(one => one.Key == key && one.State != IncidentState.Resolved);
        var (pairs, hosts) = search.RadiusOf(its);
        var made = new TrackedRise
        {
            Id = known?.Id ?? RiseReport.IdOf(key, onset), Key = key, Scope = scope, IsPayload = isPayload, Onset = onset, Pairs = pairs, Hosts = hosts,
            Worst = rises[shown], Usual = usual.Of(shown, isPayload)!, LastBad = now,
        };
        lock (gate) followed.Add(made);
        RiseReport.Write(book, made, IncidentState.Confirmed, map, now);
    }
}
