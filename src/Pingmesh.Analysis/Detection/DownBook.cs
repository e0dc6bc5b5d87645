using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>The incidents of hosts and scopes that are down. A scope that is down is one incident, not one for each of its hosts.</summary>
internal sealed class DownBook(IncidentBook book, DetectorOptions options)
{
    private const int TicksToTell = 2;
    private const int HeardSeconds = 15;

    private readonly List<Tracked> tracked = [];
    private readonly Lock gate = new();
    private Dictionary<(int, int), int> pending = [];

    /// <summary>Whether an incident is followed here.</summary>
    public bool Follows(string id)
    {
        lock (gate) return tracked.Exists(one => one.Id == id);
    }

    /// <summary>Stops to follow all, since hosts have other numbers now. Their incidents stay.</summary>
    public void Drop()
    {
        lock (gate)
        {
            tracked.Clear();
            pending = [];
        }
    }

    /// <summary>Looks at the hosts that are down.</summary>
    public void Update(ProbeMemoryView view, HostStates states, ServiceMap services, long now)
    {
        lock (gate)
        {
            var fleet = view.Fleet;
            var probed = new bool[fleet.Hosts.Count];
            foreach (var (_, planes) in view.Slots(now - 60, now + 10))
            {
                foreach (var slot in planes.Values)
                {
                    for (var host = 0; host < probed.Length; host++) probed[host] |= slot.Received[host] > 0;
                }
            }

            var scopes = DownScope.Of(fleet, states.Down, host => probed[host]);
            var next = new Dictionary<(int, int), int>();
            foreach (var scope in scopes)
            {
                // Of a scope that comes back host by host the last ones are still its own.
                if (tracked.Exists(one => one.Over is null && one.Scope != scope && one.Holds(scope))) continue;
                if (tracked.Find(one => one.Over is null && one.Is(scope)) is { } known)
                {
                    known.Scope = scope;
                    continue;
                }

                var ticks = pending.GetValueOrDefault((scope.Level, scope.Number)) + 1;
                next[(scope.Level, scope.Number)] = ticks;
                if (ticks < TicksToTell) continue;

                // What went down host by host, or pod by pod, was one thing.
                var parts = tracked.FindAll(one => one.Over is null && one.Scope.Level < scope.Level && one.Scope.Hosts.All(scope.Hosts.Contains));
                var made = new Tracked { Id = IdOf(scope, fleet), Scope = scope, Onset = scope.Since };
                foreach (var part in parts) Fold(part, made, now);
                tracked.Add(made);
            }

            pending = next;
            foreach (var one in tracked) Tell(one, view, states, services, now);
            tracked.RemoveAll(one => one.Over is not null);
        }
    }

    private void Tell(Tracked one, ProbeMemoryView view, HostStates states, ServiceMap services, long now)
    {
        if (one.Over is not null) return;
        var fleet = view.Fleet;
        var still = one.Scope.Hosts.Where(states.Down.ContainsKey).ToList();
        if (still.Count > 0)
        {
            (one.LastBad, one.Cleared) = (now, null);
        }
        else
        {
            one.Cleared ??= now;
        }

        var isOver = one.Cleared is { } cleared && now - cleared >= (long)options.Quiet.TotalSeconds;
        var state = isOver ? IncidentState.Resolved : one.Cleared is not null ? IncidentState.Mitigated : IncidentState.Confirmed;
        if (isOver) one.Over = now;
        var before = book.Current.FirstOrDefault(incident => incident.Id == one.Id);
        if (before is not null && before.State == state && now - one.ToldAt < 60) return;
        one.ToldAt = now;
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        var scope = one.Scope;
        var reporting = scope.Hosts.Count(host => now - view.HeardOf(host) < HeardSeconds);
        book.Change(one.Id, incident => new Incident
        {
            Id = one.Id,
            Key = KeyOf(scope, fleet),
            Version = incident?.Version ?? 0,
            Kind = scope.Level == 0 ? IncidentKind.HostDown : IncidentKind.ScopeDown,
            State = state,
            Scope = scope.ScopeIn(fleet),
            Tier = scope.Level switch { 0 => "host", 1 => "tor", 2 => "leaf", _ => "spine" },
            Summary = SummaryOf(scope, reporting, fleet, one.Onset),
            Onset = incident?.Onset ?? DateTimeOffset.FromUnixTimeSeconds(one.Onset),
            Detected = incident?.Detected ?? at,
            LastSymptom = DateTimeOffset.FromUnixTimeSeconds(one.LastBad),
            Confirmed = incident?.Confirmed ?? at,
            Resolved = isOver ? at : null,
            Suspects = [new Suspect(scope.Level switch { 0 => "host", 1 => "pod", 2 => "podset", _ => "dc" }, scope.ScopeIn(fleet), 1, scope.Hosts.Count, scope.Hosts.Count, 0, 0)],
            Radius = incident?.Radius ?? FaultReport.BlastRadiusOf(0, [.. scope.Hosts], fleet, services),
            Figures = new IncidentFigures(scope.Hosts.Count, still.Count, (double)still.Count / scope.Hosts.Count, 0, 1, 0),
            Acknowledged = incident?.Acknowledged,
            SilencedUntil = incident?.SilencedUntil,
            Timeline =
            [
                .. incident?.Timeline ?? [],
                .. incident?.State == state ? (IncidentNote[])[] : [new IncidentNote(at, "pingmesh", state switch
                {
                    IncidentState.Confirmed => incident is null ? $"found: {SummaryOf(scope, reporting, fleet, one.Onset)}" : "down again",
                    IncidentState.Mitigated => "all its hosts answer again",
                    _ => "quiet since; resolved",
                })],
            ],
        });
    }

    private static string SummaryOf(DownScope scope, int reporting, Fleet fleet, long onset)
    {
        var name = scope.ScopeIn(fleet);
        var since = IncidentWords.Time(DateTimeOffset.FromUnixTimeSeconds(onset));
        var alone = reporting == 0 ? "" : scope.Hosts.Count == 1
            ? "; its agent reports, so that it is its link, its port at the ToR or its address rather than the host"
            : $"; {reporting} of their agents report, so that it is the network that is cut off from them";
        return scope.Level switch
        {
            0 => $"Host {name} is down since {since} UTC: nobody reaches it, and it reaches nobody{alone}.",
            1 => $"Pod {name} is down since {since} UTC: none of its {scope.Hosts.Count} hosts answers: its power or its ToR{alone}.",
            2 => $"Podset {name} is down since {since} UTC: none of its {scope.Hosts.Count} hosts answers: its power or all of its leaves{alone}.",
            _ => $"Data center {name} is down since {since} UTC: none of its {scope.Hosts.Count} hosts answers{alone}.",
        };
    }

    private void Fold(Tracked part, Tracked whole, long now)
    {
        part.Over = now;
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        book.Change(part.Id, one => one is null ? null : one with
        {
            State = IncidentState.Resolved, Resolved = at, Timeline = [.. one.Timeline, new IncidentNote(at, "pingmesh", $"part of incident {whole.Id}: more is down")],
        });
    }

    private string IdOf(DownScope scope, Fleet fleet)
    {
        var key = KeyOf(scope, fleet);
        return book.Current.FirstOrDefault(incident => incident.Key == key && incident.State != IncidentState.Resolved)?.Id
            ?? $"{DateTimeOffset.FromUnixTimeSeconds(scope.Since).ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 4))}";
    }

    private static string KeyOf(DownScope scope, Fleet fleet) => $"down|{scope.ScopeIn(fleet)}";

    private sealed class Tracked
    {
        public required string Id { get; init; }

        public required DownScope Scope { get; set; }

        public required long Onset { get; init; }

        public long LastBad { get; set; }

        public long? Cleared { get; set; }

        public long? Over { get; set; }

        public long ToldAt { get; set; }

        public bool Is(DownScope other) => Scope.Level == other.Level && Scope.Number == other.Number;

        public bool Holds(DownScope other) => other.Level < Scope.Level && other.Hosts.All(Scope.Hosts.Contains);
    }
}
