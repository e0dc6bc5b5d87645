using System.Net;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Agent.Schedule;

/// <summary>A pinglist checked against the hard limits and made ready for the schedule. Immutable but for the schedule's own marks.</summary>
public sealed class ProbePlan
{
    private ProbePlan(IReadOnlyList<IPAddress> sources, IReadOnlyList<PlannedGroup> groups, AgentLimits limits)
    {
        Sources = sources;
        Groups = groups;
        Limits = limits;
        Targets = [.. groups.SelectMany(group => group.Targets)];
    }

    /// <summary>No peers.</summary>
    public static ProbePlan Empty { get; } = new([], [], AgentLimits.Default);

    /// <summary>Addresses that probes leave from: at most one of each family; a family without one uses the kernel's choice.</summary>
    public IReadOnlyList<IPAddress> Sources { get; }

    /// <summary>Groups of peers with one interval each.</summary>
    public IReadOnlyList<PlannedGroup> Groups { get; }

    /// <summary>All targets, group after group.</summary>
    public IReadOnlyList<PlannedTarget> Targets { get; }

    /// <summary>The limits it was made under.</summary>
    public AgentLimits Limits { get; }

    /// <summary>The plan for a pinglist.</summary>
    /// <param name="pinglist">The pinglist.</param>
    /// <param name="sources">Addresses to probe from; empty: those of the pinglist.</param>
    /// <exception cref="FormatException">The pinglist asks for what the hard limits forbid, or makes no sense; says what.</exception>
    public static ProbePlan From(Pinglist pinglist, IReadOnlyList<IPAddress> sources) =>
        From(pinglist, new PlanContext { Sources = sources });

    /// <summary>The plan for a pinglist.</summary>
    /// <exception cref="FormatException">The pinglist asks for what the hard limits forbid, or makes no sense; says what.</exception>
    public static ProbePlan From(Pinglist pinglist, PlanContext context)
    {
        if (pinglist.PeerCount() > HardLimits.MaxPeers)
            throw new FormatException($"pinglist: {pinglist.PeerCount()} peers; at most {HardLimits.MaxPeers} are allowed");
        var sources = context.Sources.Count == 0 ? AddressesOf(pinglist) : context.Sources;
        context = context with { Sources = [.. sources.DistinctBy(address => address.AddressFamily)] };
        var groups = pinglist.Groups.Where(group => group.Peers.Count > 0).Select(group => GroupPlanner.Plan(group, context));
        var plan = new ProbePlan(context.Sources, [.. groups.Where(group => group.Targets.Count > 0)], context.Limits);
        if (plan.Targets.Count > HardLimits.MaxPeers)
            throw new FormatException($"pinglist: its names stand for {plan.Targets.Count} addresses; at most {HardLimits.MaxPeers} are allowed");
        plan.RefuseRepeats();
        return plan;
    }

    /// <summary>The host's own addresses on a pinglist.</summary>
    /// <exception cref="FormatException">One of them is no IP address.</exception>
    public static IReadOnlyList<IPAddress> AddressesOf(Pinglist pinglist) =>
    [
        .. pinglist.Addresses.Select(text => IPAddress.TryParse(text, out var address)
            ? address
            : throw new FormatException($"pinglist: '{text}', given as this host's address, is no IP address")),
    ];

    private void RefuseRepeats()
    {
        // A peer that is listed twice would be probed twice an interval, below the shortest one.
        var seen = new HashSet<TargetIdentity>(Targets.Count);
        foreach (var target in Targets)
        {
            if (seen.Add(target.Identity)) continue;
            throw new FormatException(
                $"pinglist: peer {AddressKey.ToAddress(target.Key)} is listed twice for {Core.Probes.ProbeNames.Name(target.Series.Kind)} at DSCP {target.Series.Dscp}");
        }
    }
}

/// <summary>Targets that share an interval.</summary>
/// <param name="Interval">Time between two probes of one target.</param>
/// <param name="Targets">The targets, at least one.</param>
public sealed record PlannedGroup(TimeSpan Interval, IReadOnlyList<PlannedTarget> Targets);
