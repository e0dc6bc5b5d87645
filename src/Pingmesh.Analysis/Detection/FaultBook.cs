using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pingmesh.Analysis.Incidents;
using Pingmesh.Analysis.Localisation;
using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Core.Topologies;

namespace Pingmesh.Analysis.Detection;

/// <summary>
/// The faults of the network that are followed: what trouble each accounts for, whether it has gone, what became of it. One cause is one incident: what
/// lies within a fault, or turns out to have the same culprit, becomes part of it. Used under the detector's lock.
/// </summary>
internal sealed class FaultBook(IncidentBook book, DetectorOptions options)
{
    private const int MostInvestigations = 6;
    private const int AgainSeconds = 30;
    private const int MostFlows = 4_000;

    // Suspicions of one cause come within this time of each other.
    private const int SameOnsetSeconds = 90;

    private readonly List<TrackedFault> faults = [];

    /// <summary>Whether an incident is followed here.</summary>
    public bool Follows(string id) => faults.Exists(fault => fault.Id == id);

    /// <summary>Whether a fault accounts for the trouble of a pair.</summary>
    public bool Explain(Fleet fleet, Plane plane, Signal signal, int source, int target, long window)
    {
        foreach (var fault in faults)
        {
            if (fault.Explains(fleet, plane, signal, source, target, window)) return true;
        }

        return false;
    }

    /// <summary>Stops to follow all, since hosts have other numbers now. Their incidents stay.</summary>
    public void Drop() => faults.Clear();

    /// <summary>Forgets faults that are over and explain nothing any more.</summary>
    public void ForgetOver(long now) => faults.RemoveAll(fault => fault.Over is { } over && over < now - (long)ProbeMemory.Span.TotalSeconds);

    /// <summary>Takes a suspicion for a fault: one that is followed and lies there, or a new one.</summary>
    public TrackedFault Begin(ProbeMemoryView view, Suspicion one, Func<int, int, long, bool> isExplained, long now)
    {
        var fleet = view.Fleet;
        var series = FaultSeries.Read(view, one.Plane, one.Signal, one.Place, [], now, isExplained);
        one = one with { Since = FaultSeries.Onset(series, one.Usual) ?? one.Since };
        // A first look may see only a part of it.
        if (faults.Find(fault => fault is { Over: null, PartOf: null, Cleared: null } && IsAlike(fault, one) && one.Place.Contains(fleet, fault.Place) && Math.Abs(fault.Onset - one.Since) <= SameOnsetSeconds) is { } narrow)
        {
            narrow.Place = one.Place;
            narrow.Worst = one;
            narrow.Flows.Clear();
            narrow.Investigations = 0;
            narrow.NextInvestigation = now;
            Note(narrow, now, $"wider than it seemed: {one.Place.DescribeIn(fleet)}");
            return narrow;
        }

        var key = KeyOf(fleet, one);
        var known = book.Current.FirstOrDefault(incident => incident.Key == key && incident.State != IncidentState.Resolved && !faults.Exists(fault => fault.Id == incident.Id));
        var made = new TrackedFault
        {
            Id = known?.Id ?? IdOf(key, one.Since), Plane = one.Plane, Signal = one.Signal, Place = one.Place, Worst = one, Onset = one.Since, LastBad = now, NextInvestigation = now,
        };
        faults.Add(made);
        return made;
    }

    /// <summary>Measures all faults anew.</summary>
    public void Measure(ProbeMemoryView view, long now, Func<int, int, long, bool> isOfHosts)
    {
        foreach (var fault in faults)
        {
            if (fault.Over is not null) continue;
            fault.Series = FaultSeries.Read(view, fault.Plane, fault.Signal, fault.Place, fault.Series, now, isOfHosts);
            if (fault.Signal == Signal.Loss) Confirm(fault, view, isOfHosts);
            var last = FaultSeries.LastBad(fault.Series, fault.Worst.Rate);
            if (last is { } bad && fault.Cleared is null) fault.LastBad = Math.Max(fault.LastBad, bad);
            if (fault.Cleared is null && FaultSeries.Worst(fault.Series, fault.Onset) is { } worst && worst.Probes > 0 && (double)worst.Bad / worst.Probes > fault.Worst.Rate)
                fault.Worst = fault.Worst with { Probes = worst.Probes, Bad = worst.Bad, Failed = worst.Failed };
            if (fault.Cleared is null && FaultSeries.HasCleared(fault.Series, fault.Worst, now))
            {
                fault.Cleared = Math.Max(fault.Onset, last ?? fault.Onset) + Windows.LiveSeconds;
                fault.NextInvestigation = now;
            }
            else if (fault.Cleared is not null && now - fault.Cleared >= (long)options.Quiet.TotalSeconds)
            {
                fault.Over = now;
            }
        }
    }

    /// <summary>The faults that are to be looked at closely now.</summary>
    public List<TrackedFault> Due(long now) => faults.FindAll(fault =>
        fault is { IsBeingInvestigated: false, Over: null, PartOf: null, Cleared: null } && fault.NextInvestigation <= now && fault.Investigations < MostInvestigations);

    /// <summary>The faults whose flows are to be traced once more, now that the trouble has gone.</summary>
    public List<TrackedFault> DueAfter() => faults.FindAll(fault => fault is { IsBeingInvestigated: false, Cleared: not null, PartOf: null, IsTracedAfter: false } && fault.Flows.Count > 0);

    /// <summary>Takes the outcome of an investigation.</summary>
    public void Conclude(TrackedFault fault, Findings findings, Fleet fleet, FabricGraph graph, long now)
    {
        var seen = fault.Flows.Select(flow => flow.Sample.Tuple).ToHashSet();
        fault.Flows.AddRange(findings.Flows.Where(flow => seen.Add(flow.Sample.Tuple)));
        if (fault.Flows.Count > MostFlows) fault.Flows.RemoveRange(0, fault.Flows.Count - MostFlows);

        // Once it failed each time, it did: probes that pass later were sent when it had gone.
        if (fault.Repeats.IsDeterministic != true) fault.Repeats = findings.Repeats.IsDeterministic == true ? findings.Repeats : fault.Repeats.And(findings.Repeats);
        var (suspects, likelihood) = SuspectRanking.Rank(fault.Flows, fault.Place, fleet, graph);
        fault.Findings = findings with { Suspects = suspects, LogLikelihood = likelihood, Reproducer = findings.Reproducer ?? fault.Findings?.Reproducer };
        fault.NextInvestigation = now + AgainSeconds;

        // More flows would only say the same.
        if (suspects.Count > 0 && suspects[0].Score > 0.99 && suspects[0].BadOf >= 12) fault.NextInvestigation = long.MaxValue;
        Fold(fault, now);
    }

    /// <summary>Brings the incidents up to date.</summary>
    public void Tell(ProbeMemoryView view, ServiceMap services, Func<int, int, long, bool> isOfHosts, long now)
    {
        foreach (var fault in faults)
        {
            if (fault.PartOf is not null || fault.IsToldOver) continue;
            fault.IsToldOver = fault.Over is not null;
            FaultReport.Write(book, fault, view, services, isOfHosts, now);
        }
    }

    // Once it failed each time, it did.
    private static void Confirm(TrackedFault fault, ProbeMemoryView view, Func<int, int, long, bool> isOfHosts)
    {
        if (fault.Cleared is not null || fault.Confirmed.IsDeterministic == true) return;
        var (same, failed) = (0, 0);
        foreach (var sample in view.Confirmations)
        {
            var at = sample.At / 1_000_000;
            if (at < fault.Onset || Plane.Of(sample.Series) != fault.Plane || !fault.Place.Carries(view.Fleet, sample.Source, sample.Target)) continue;
            if (isOfHosts(sample.Source, sample.Target, Windows.StartOf(at, Windows.LiveSeconds))) continue;
            if (sample.Failed) failed++;
            else if (sample.Error != ProbeError.None) continue;
            same++;
        }

        fault.Confirmed = new Repeats(same, failed, 0, 0);
    }

    // Two faults with one culprit are one. What had gone is back then.
    private void Fold(TrackedFault fault, long now)
    {
        if (Culprit(fault) is not { } culprit) return;
        var other = faults.Find(one => one != fault && one is { PartOf: null, Over: null, Findings: not null } && one.Signal == fault.Signal && one.Plane == fault.Plane && Culprit(one) == culprit);
        if (other is null) return;
        var (kept, part) = other.Onset <= fault.Onset ? (other, fault) : (fault, other);
        part.PartOf = kept.Id;
        if (kept.Cleared is not null && part.Cleared is null)
        {
            kept.Cleared = null;
            kept.IsTracedAfter = false;
            Note(kept, now, "the trouble is back");
        }

        if (part.Place.Layer > kept.Place.Layer) (kept.Place, kept.Worst) = (part.Place, part.Worst);
        Note(kept, now, $"incident {part.Id} has the same culprit and is part of this one");
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        book.Change(part.Id, one => one is null ? null : one with
        {
            State = IncidentState.Resolved, Resolved = at, Timeline = [.. one.Timeline, new IncidentNote(at, "pingmesh", $"part of incident {kept.Id}, which has the same culprit")],
        });
    }

    private static string? Culprit(TrackedFault fault) => fault.Findings?.Suspects is { Count: > 0 } suspects && suspects[0].Score >= 0.8 && fault.Findings.LogLikelihood > 10 ? suspects[0].Name : null;

    private static bool IsAlike(TrackedFault fault, Suspicion one) => fault.Plane == one.Plane && fault.Signal == one.Signal;

    private void Note(TrackedFault fault, long now, string text)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(now);
        book.Change(fault.Id, one => one is null ? null : one with { Timeline = [.. one.Timeline, new IncidentNote(at, "pingmesh", text)] });
    }

    private static string KeyOf(Fleet fleet, Suspicion one) => $"{one.Signal}|{one.Plane}|{one.Place.Layer}|{one.Place.ScopeIn(fleet)}".ToLowerInvariant();

    private static string IdOf(string key, long onset) =>
        $"{DateTimeOffset.FromUnixTimeSeconds(onset).ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 4))}";
}
