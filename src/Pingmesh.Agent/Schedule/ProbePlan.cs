using System.Net;
using Pingmesh.Core;
using Pingmesh.Core.Measurements;
using Pingmesh.Core.Pinglists;
using Pingmesh.Core.Probes;
using Pingmesh.Probing;

namespace Pingmesh.Agent.Schedule;

/// <summary>A pinglist checked against the hard limits and made ready for the schedule. Immutable but for the schedule's own marks.</summary>
public sealed class ProbePlan
{
    private ProbePlan(IReadOnlyList<IPAddress> sources, IReadOnlyList<PlannedGroup> groups)
    {
        Sources = sources;
        Groups = groups;
        Targets = [.. groups.SelectMany(group => group.Targets)];
    }

    /// <summary>No peers.</summary>
    public static ProbePlan Empty { get; } = new([], []);

    /// <summary>Addresses that probes leave from: at most one of each family; a family without one uses the kernel's choice.</summary>
    public IReadOnlyList<IPAddress> Sources { get; }

    /// <summary>Groups of peers with one interval each.</summary>
    public IReadOnlyList<PlannedGroup> Groups { get; }

    /// <summary>All targets, group after group.</summary>
    public IReadOnlyList<PlannedTarget> Targets { get; }

    /// <summary>The plan for a pinglist.</summary>
    /// <param name="pinglist">The pinglist.</param>
    /// <param name="sources">Addresses to probe from; empty: those of the pinglist.</param>
    /// <exception cref="FormatException">The pinglist asks for what the hard limits forbid, or makes no sense; says what.</exception>
    public static ProbePlan From(Pinglist pinglist, IReadOnlyList<IPAddress> sources)
    {
        if (pinglist.PeerCount() > HardLimits.MaxPeers)
            throw new FormatException($"pinglist: {pinglist.PeerCount()} peers; at most {HardLimits.MaxPeers} are allowed");
        if (sources.Count == 0) sources = AddressesOf(pinglist);
        var plan = new ProbePlan(
            [.. sources.DistinctBy(address => address.AddressFamily)],
            [.. pinglist.Groups.Where(group => group.Peers.Count > 0).Select(Plan)]);
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
        var seen = new HashSet<(UInt128, ProbeKind, byte)>(Targets.Count);
        foreach (var target in Targets)
        {
            if (seen.Add(target.Identity)) continue;
            throw new FormatException(
                $"pinglist: peer {AddressKey.ToAddress(target.Key)} is listed twice for {target.Series.Kind.Name()} at DSCP {target.Series.Dscp}");
        }
    }

    private static PlannedGroup Plan(PinglistGroup group)
    {
        var kind = ProbeNames.FindKind(group.Kind) ?? throw new FormatException($"pinglist: unknown probe kind '{group.Kind}'");
        var probeClass = ProbeNames.FindClass(group.Class) ?? throw new FormatException($"pinglist: unknown probe class '{group.Class}'");
        if (group.Dscp > 63) throw new FormatException($"pinglist: DSCP {group.Dscp}; it goes from 0 to 63");
        if (group.Port is < 1 or > 65535) throw new FormatException($"pinglist: port {group.Port}; it goes from 1 to 65535");
        var interval = TimeSpan.FromMilliseconds(group.IntervalMs);
        if (interval < HardLimits.MinProbeInterval || interval > HardLimits.MaxProbeInterval)
        {
            throw new FormatException(
                $"pinglist: interval_ms {group.IntervalMs}; it goes from {HardLimits.MinProbeInterval.TotalMilliseconds} to {HardLimits.MaxProbeInterval.TotalMilliseconds}");
        }

        var timeout = TimeSpan.FromMilliseconds(group.TimeoutMs);
        if (timeout <= TimeSpan.Zero || timeout > HardLimits.MaxProbeTimeout)
            throw new FormatException($"pinglist: timeout_ms {group.TimeoutMs}; it goes from 1 to {HardLimits.MaxProbeTimeout.TotalMilliseconds}");
        if (group.SlowUs <= 0) throw new FormatException($"pinglist: slow_us {group.SlowUs}; it is at least 1");

        var series = new SeriesKey(kind, probeClass, group.Dscp);
        return new PlannedGroup(interval, [.. group.Peers.Select(peer => Plan(peer, group, series, timeout))]);
    }

    private static PlannedTarget Plan(Peer peer, PinglistGroup group, SeriesKey series, TimeSpan timeout)
    {
        if (!IPAddress.TryParse(peer.Address, out var address))
            throw new FormatException($"pinglist: '{peer.Address}' of peer '{peer.Host}' is no IP address");
        return new PlannedTarget
        {
            Peer = ProbeTarget.Create(address, group.Port),
            Key = AddressKey.Of(address),
            Port = (ushort)group.Port,
            Series = series,
            TimeoutNanoseconds = (long)timeout.TotalNanoseconds,
            SlowNanoseconds = group.SlowUs * 1000L,
        };
    }
}

/// <summary>Targets that share an interval.</summary>
/// <param name="Interval">Time between two probes of one target.</param>
/// <param name="Targets">The targets, at least one.</param>
public sealed record PlannedGroup(TimeSpan Interval, IReadOnlyList<PlannedTarget> Targets);
