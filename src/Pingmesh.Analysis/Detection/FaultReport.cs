using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Analysis.Statistics;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>Puts into an incident what is known of a fault.</summary>
internal static class FaultReport
{
    // Of probes that lose each packet by chance, few lose so many on end that no answer comes.
    private const double FailuresOfBlackHole = 0.8;

    // Of what goes through a place, so much is lost that it is not a part of the paths but all of them.
    private const double Everything = 0.85;

    private const double Likely = 0.5;
    private const double BeyondChance = 3;
    private const int FreshSeconds = 60;

    /// <summary>Writes the incident, if there is something new.</summary>
    public static void Write(IncidentBook book, TrackedFault fault, ProbeMemoryView view, ServiceMap services, Func<int, int, long, bool> isOfHosts, long now)
    {
        var fleet = view.Fleet;
        var state = fault.Over is not null ? IncidentState.Resolved : fault.Cleared is not null ? IncidentState.Mitigated : fault.Findings is not null ? IncidentState.Confirmed : IncidentState.Open;
        var kind = KindOf(fault);
        var (suspects, notEnough) = SuspectsOf(fault, fleet);
        var before = book.Current.FirstOrDefault(one => one.Id == fault.Id);
        var isSame = before is not null && before.State == state && before.Kind == kind && before.Suspects.Select(one => one.Name).SequenceEqual(suspects.Select(one => one.Name));
        if (isSame && now - fault.ToldAt < FreshSeconds) return;
        fault.ToldAt = now;
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        var interval = Proportion.Interval(fault.Worst.Bad, Math.Max(1, fault.Worst.Probes));
        book.Change(fault.Id, one =>
        {
            var next = new Incident
            {
                Id = fault.Id,
                Key = one?.Key ?? $"{fault.Signal}|{fault.Plane}|{fault.Place.Layer}|{fault.Place.ScopeIn(fleet)}".ToLowerInvariant(),
                Version = one?.Version ?? 0,
                Kind = kind,
                State = state,
                Scope = fault.Place.ScopeIn(fleet),
                Tier = fault.Place.Tier,
                Summary = SummaryOf(fault, kind, suspects, notEnough, fleet),
                Onset = one?.Onset ?? DateTimeOffset.FromUnixTimeSeconds(fault.Onset),
                Detected = one?.Detected ?? at,
                LastSymptom = DateTimeOffset.FromUnixTimeSeconds(fault.LastBad),
                Confirmed = one?.Confirmed ?? (fault.Findings is null ? null : at),
                Resolved = state == IncidentState.Resolved ? at : null,
                Suspects = suspects,
                NotEnoughEvidence = notEnough,
                Radius = state is IncidentState.Open or IncidentState.Confirmed || one is null ? RadiusOf(fault, view, services, isOfHosts) : one.Radius,
                Figures = new IncidentFigures(fault.Worst.Probes, fault.Worst.Bad, fault.Worst.Rate, interval.Low, interval.High, fault.Worst.Usual),
                Reproducer = fault.Findings?.Reproducer,
                Acknowledged = one?.Acknowledged,
                SilencedUntil = one?.SilencedUntil,
                Timeline = one?.Timeline ?? [],
            };
            return next with { Timeline = [.. next.Timeline, .. Notes(one, next).Select(text => new IncidentNote(at, "pingmesh", text))] };
        });
        if (fault.Findings is not null) book.Keep(EvidenceOf(fault, view, at), DateTimeOffset.FromUnixTimeSeconds(fault.Onset));
    }

    private static IEnumerable<string> Notes(Incident? before, Incident after)
    {
        if (before?.State != after.State)
        {
            yield return after.State switch
            {
                IncidentState.Open => $"found: {after.Summary}",
                IncidentState.Confirmed => $"investigated: {after.Summary}",
                IncidentState.Mitigated => "the symptoms have gone",
                _ => "quiet since; resolved",
            };
        }
        else if (before.Suspects.Count > 0 && after.Suspects.Count > 0 && before.Suspects[0].Name != after.Suspects[0].Name)
        {
            yield return $"now suspected: {after.Suspects[0].Kind} {after.Suspects[0].Name}";
        }

        if (before is not null && before.Kind != after.Kind) yield return $"now taken for: {IncidentWords.Of(after.Kind).ToLowerInvariant()}";
    }

    private static IncidentKind KindOf(TrackedFault fault)
    {
        if (fault.Signal == Signal.Slow)
            return fault.Plane.IsPayload ? IncidentKind.PayloadLatency : fault.Place.Layer == Layer.Host ? IncidentKind.SlowHost : IncidentKind.Latency;
        if (fault.Plane.Dscp != 0) return IncidentKind.QosLoss;
        if (fault.Plane.IsPayload) return IncidentKind.PayloadLoss;
        if (fault.Worst.Rate >= Everything && fault.Worst.Failed >= FailuresOfBlackHole * fault.Worst.Bad && fault.Place.Layer >= Layer.PodUplinks) return IncidentKind.Partition;
        var isDeterministic = fault.AllRepeats.IsDeterministic ?? (fault.Worst.Failed >= FailuresOfBlackHole * fault.Worst.Bad);
        return isDeterministic ? IncidentKind.BlackHole : IncidentKind.SilentDrops;
    }

    private static (IReadOnlyList<Suspect> Suspects, string? NotEnough) SuspectsOf(TrackedFault fault, Fleet fleet)
    {
        if (fault.Findings is not { } findings) return ([], null);
        var ranked = findings.Suspects;

        // All paths lead over a host's own link and over its ToR: what is known without a trace.
        if (fault.Place.Layer == Layer.Host)
        {
            var host = fleet.Hosts[fault.Place.A].Name;
            return ([new Suspect("host", host, 1, fault.Worst.Bad, (int)Math.Min(int.MaxValue, fault.Worst.Bad), 0, 0), .. ranked.Where(one => one.Name != host).Select(one => one with { Score = 0 })], null);
        }

        
        // All that goes through a ToR goes through it, and all of a pair breaks off at one place: there paths have nothing to be compared with.
        var isCertain = findings.LogLikelihood >= BeyondChance || fault.Place.Layer is Layer.Tor or Layer.Pair;
        if (ranked.Count > 0 && ranked[0].Score >= Likely && isCertain) return (ranked, null);
        if (fault.Place.Layer == Layer.Tor)
            return ([new Suspect("pod", fault.Place.ScopeIn(fleet), 1, fault.Worst.Bad, (int)Math.Min(int.MaxValue, fault.Worst.Bad), 0, 0), .. ranked.Select(one => one with { Score = 0 })], null);
        var why = fault.Flows.TrueForAll(flow => (flow.There ?? flow.Back) is null)
            ? findings.Ordered == 0 ? "no agent can be asked to trace here" : $"no agent could trace: {findings.Unanswered} of {findings.Ordered} orders were not carried out{(findings.Problem is { } problem ? $" ({problem})" : "")}"
            : $"the paths of {(ranked.Count > 0 ? ranked[0].BadOf : 0)} flows in trouble and {(ranked.Count > 0 ? ranked[0].GoodOf : 0)} without point to nobody in particular";
        return (ranked, $"not enough evidence for a culprit {fault.Place.DescribeIn(fleet)}: {why}");
    }

    private static string SummaryOf(TrackedFault fault, IncidentKind kind, IReadOnlyList<Suspect> suspects, string? notEnough, Fleet fleet)
    {
        var what = $"{IncidentWords.Of(kind)} {fault.Place.DescribeIn(fleet)} since {IncidentWords.Time(DateTimeOffset.FromUnixTimeSeconds(fault.Onset))} UTC: "
            + $"{IncidentWords.Share(fault.Worst.Rate)} of {fault.Plane} through it {(fault.Signal == Signal.Slow ? "answered late" : "lost packets")}, usual is {IncidentWords.Share(fault.Worst.Usual)}";
        var type = kind != IncidentKind.BlackHole || fault.AllRepeats.IsDeterministic is null
            ? ""
            : fault.AllRepeats.IsOfAddresses ? ", the same address pairs each time (type 1)" : ", the same five-tuples each time (type 2, or type 1 on one of several paths)";
        var who = fault.Findings is null
            ? "; being investigated"
            : notEnough is not null ? $"; {notEnough}"
            : suspects.Count > 0 ? $"; suspected: {suspects[0].Kind} {suspects[0].Name}{(suspects[0].Score < 0.995 ? $" ({IncidentWords.Share(suspects[0].Score)})" : "")}" : "";
        return $"{what}{type}{who}.";
    }

    private static BlastRadius RadiusOf(TrackedFault fault, ProbeMemoryView view, ServiceMap services, Func<int, int, long, bool> isOfHosts)
    {
        var pairs = new HashSet<long>();
        var hosts = new HashSet<int>();
        foreach (var (start, slot) in view.Slots(fault.Plane, fault.Onset, long.MaxValue))
        {
            foreach (var (key, tally) in slot.Pairs)
            {
                var (source, target) = PlaneSlot.PairOf(key);
                if (tally.Bad(fault.Signal) == 0 || !fault.Place.Carries(view.Fleet, source, target) || isOfHosts(source, target, start) || !pairs.Add(key)) continue;
                hosts.Add(source);
                hosts.Add(target);
            }
        }

        return BlastRadiusOf(pairs.Count, hosts, view.Fleet, services);
    }

    /// <summary>The radius of hosts.</summary>
    public static BlastRadius BlastRadiusOf(int pairs, IReadOnlyCollection<int> hosts, Fleet fleet, ServiceMap services)
    {
        var names = hosts.Select(host => fleet.Hosts[host].Name).ToHashSet(StringComparer.Ordinal);
        return new BlastRadius(
            pairs, hosts.Count, hosts.Select(fleet.PodOf).Distinct().Count(),
            [.. services.Names.Where(service => services.Find(service)!.Any(host => names.Contains(host.Name))).Order(StringComparer.Ordinal)]);
    }

    private static IncidentEvidence EvidenceOf(TrackedFault fault, ProbeMemoryView view, DateTimeOffset at)
    {
        var fleet = view.Fleet;
        var bad = fault.Flows.Where(flow => flow.IsBad).SelectMany(ComponentsOf).ToHashSet();
        bad.ExceptWith(fault.Flows.Where(flow => !flow.IsBad).SelectMany(ComponentsOf));
        var noisy = Enumerable.Range(0, fleet.Hosts.Count)
            .Where(host => fault.Place.Carries(fleet, host, host == 0 && fleet.Hosts.Count > 1 ? 1 : 0) && Enumerable.Range(0, 6).Any(back => view.IsNoisy(host, at.ToUnixTimeSeconds() / 10 * 10 - (back * Windows.LiveSeconds))))
            .Select(host => fleet.Hosts[host].Name).Take(100);
        return new IncidentEvidence(
            fault.Id, at, fault.Series, [.. fault.Flows.TakeLast(200).Select(flow => FlowOf(flow, fleet))], [.. fault.After.Select(flow => FlowOf(flow, fleet))],
            [.. bad.OrderBy(one => one.IsLink).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one => one.Name).Take(200)], [.. noisy],
            fault.AllRepeats.Same, fault.AllRepeats.SameFailed, fault.AllRepeats.Fresh, fault.AllRepeats.FreshFailed, fault.BlackHoleScores);

        // That some hosts had no good flow is chance.
        IEnumerable<Component> ComponentsOf(FlowSeen flow) =>
            (flow.There?.Components ?? []).Concat(flow.Back?.Components ?? []).Where(one => !one.Name.Split('~').Any(end => fleet.Find(end) >= 0));
    }

    private static EvidenceFlow FlowOf(FlowSeen flow, Fleet fleet)
    {
        var sample = flow.Sample;
        var outcome = sample.Error != ProbeError.None ? sample.Error.Name() : sample.Retransmissions > 0 ? "dropped" : flow.IsBad ? "slow" : "ok";
        return new EvidenceFlow(
            DateTimeOffset.FromUnixTimeMilliseconds(sample.At / 1000), fleet.Hosts[sample.Source].Name, fleet.Hosts[sample.Target].Name, sample.TargetAddress.ToString(), sample.SourcePort, sample.TargetPort,
            sample.Series.Kind.Name(), flow.IsBad, outcome, flow.There?.Nodes ?? [], flow.There is { IsBroken: false }, flow.Back?.Nodes ?? [], flow.Back is { IsBroken: false });
    }
}
