using Pingmesh.Analysis.Incidents;
using Pingmesh.Lab.Simulation;

namespace Pingmesh.Bench.Detection;

/// <summary>What was said of faults, beside what is right.</summary>
internal sealed class DetectionScore
{
    // Probes of before are still on their way when a fault begins, and answers are waited for when it ends.
    private static readonly TimeSpan Edge = TimeSpan.FromSeconds(40);

    private readonly List<(ScoredFault Fault, Incident? Found, TimeSpan After, bool IsRight, int Rank, int Others)> results = [];

    public DetectionScore(IReadOnlyList<ScoredFault> faults, IReadOnlyList<(TimeSpan At, Incident Incident)> seen, DateTimeOffset start)
    {
        var incidents = seen.GroupBy(one => one.Incident.Id).Select(versions => versions.OrderBy(one => one.Incident.Version).ToList()).ToList();
        var taken = new HashSet<string>();
        foreach (var fault in faults)
        {
            var own = incidents.Where(versions => Overlaps(versions[^1].Incident, fault, start) && Concerns(versions, fault)).ToList();
            foreach (var versions in own) taken.Add(versions[0].Incident.Id);

            // What an operator reads when the fault ends.
            var last = own.Select(versions => versions.LastOrDefault(one => one.At <= fault.Fault.Until!.Value + Edge)).Where(one => one.Incident is not null)
                .OrderByDescending(one => fault.Kinds.Contains(one.Incident.Kind)).ThenBy(one => RankOf(one.Incident, fault)).FirstOrDefault();
            if (last.Incident is null)
            {
                results.Add((fault, null, TimeSpan.Zero, false, 0, 0));
                continue;
            }

            var history = own.First(versions => versions[0].Incident.Id == last.Incident.Id);
            var named = history.FirstOrDefault(one => RankOf(one.Incident, fault) == 1);
            var after = (named.Incident is not null ? named.At : history[0].At) - fault.Fault.From;
            results.Add((fault, last.Incident, after, fault.Kinds.Contains(last.Incident.Kind), RankOf(last.Incident, fault), own.Count - 1));
        }

        False = [.. incidents.Where(versions => !taken.Contains(versions[0].Incident.Id)).Select(versions => versions[^1].Incident)];
        Incidents = incidents.Count;
    }

    /// <summary>Incidents in all.</summary>
    public int Incidents { get; }

    /// <summary>Incidents that no fault accounts for.</summary>
    public IReadOnlyList<Incident> False { get; }

    /// <summary>Prints the table, in the form docs/benchmarks.md has it.</summary>
    public void Print(bool details)
    {
        Console.WriteLine("| faults | drawn | found | right kind | culprit first | median s | worst s | incidents a fault |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var group in results.GroupBy(one => one.Fault.Group)) Row(group.Key, [.. group]);
        Row("all", results);
        Console.WriteLine();
        Console.WriteLine($"precision {1 - ((double)False.Count / Math.Max(1, Incidents)):F3}: {False.Count} of {Incidents} incidents belong to no fault");
        foreach (var one in False) Console.WriteLine($"  false: {one.Kind} {one.Scope} {one.Summary}");
        if (!details) return;
        foreach (var (fault, found, after, right, rank, others) in results)
        {
            if (found is null || !right || rank != 1)
                Console.WriteLine($"  {fault.Group} at {fault.Fault.At} {fault.Fault.Options.Percent}% from {fault.Fault.From}: {(found is null ? "NOT FOUND" : $"{found.Kind} right {right} rank {rank} after {after.TotalSeconds:F0} s, {others} more: {found.Summary} [{string.Join("; ", found.Suspects.Take(4).Select(one => $"{one.Name} {one.Score:F2} {one.Bad:F1}/{one.BadOf} {one.Good:F0}/{one.GoodOf}"))}]")}");
        }
    }

    private static void Row(string name, List<(ScoredFault Fault, Incident? Found, TimeSpan After, bool IsRight, int Rank, int Others)> rows)
    {
        var found = rows.Where(one => one.Found is not null).ToList();
        var times = found.Select(one => one.After.TotalSeconds).Order().ToList();
        Console.WriteLine(
            $"| {name} | {rows.Count} | {found.Count} | {found.Count(one => one.IsRight)} | {found.Count(one => one.Rank == 1)} | {(times.Count > 0 ? times[times.Count / 2] : 0):F0} | {(times.Count > 0 ? times[^1] : 0):F0} | {(found.Count == 0 ? 0 : found.Average(one => 1 + one.Others)):F2} |");
    }

    private static int RankOf(Incident incident, ScoredFault fault)
    {
        for (var i = 0; i < incident.Suspects.Count; i++)
        {
            if (fault.Culprits.Contains(incident.Suspects[i].Name) && incident.NotEnoughEvidence is null) return i + 1;
        }

        // A layer that has no power is named by its scope.
        return incident.Kind is IncidentKind.Partition && fault.Culprits.Contains(incident.Scope) ? 1 : int.MaxValue;
    }

    private static bool Overlaps(Incident incident, ScoredFault fault, DateTimeOffset start)
    {
        var onset = incident.Onset - start;
        return onset >= fault.Fault.From - Edge && onset <= fault.Fault.Until + Edge;
    }

    private static bool Concerns(List<(TimeSpan At, Incident Incident)> versions, ScoredFault fault)
    {
        var at = ScopeOf(fault.Scope);
        return versions.Exists(one => one.Incident.Suspects.Any(suspect => fault.Culprits.Contains(suspect.Name))
            || one.Incident.Scope.Split('~').Any(scope => ScopeOf(scope).Zip(at).All(pair => pair.First == pair.Second)));
    }

    // dc1-ps2-leaf1~dc1-spine3 and dc1/ps2/pod1 alike begin with the names of what they are in.
    private static List<string> ScopeOf(string name) =>
        [.. name.Split('~')[0].Split('-', '/').TakeWhile(part => part.StartsWith("dc", StringComparison.Ordinal) || part.StartsWith("ps", StringComparison.Ordinal) || part.StartsWith("pod", StringComparison.Ordinal))];
}
