namespace Pingmesh.Lab.Fabrics;

/// <summary>The size of a Clos fabric (paper, figure 1): each count is per parent.</summary>
public sealed record FabricShape
{
    /// <summary>Most hosts of a fabric.</summary>
    public const int MaxHosts = 1_000_000;

    /// <summary>Most hosts in a pod: those of a /24 without its network, its gateway and its broadcast address.</summary>
    public const int MaxHostsInPod = 253;

    // Of 172.16.0.0/12, two addresses a link.
    private const int MaxLinks = 1 << 19;

    // Of 10.0.0.0/8, a /24 each.
    private const int MaxPods = 1 << 16;

    /// <summary>Data centers.</summary>
    public int Dcs { get; init; } = 1;

    /// <summary>Podsets in each data center.</summary>
    public int Podsets { get; init; } = 2;

    /// <summary>Pods, and so ToRs, in each podset.</summary>
    public int Pods { get; init; } = 2;

    /// <summary>Leaf switches in each podset; each has a link to every ToR of it.</summary>
    public int Leaves { get; init; } = 2;

    /// <summary>Spine switches in each data center; each has a link to every leaf of it.</summary>
    public int Spines { get; init; } = 2;

    /// <summary>Hosts in each pod.</summary>
    public int Hosts { get; init; } = 2;

    /// <summary>Border switches, with a link to every spine of every data center: two where there are several data centers.</summary>
    public int Borders => Dcs > 1 ? 2 : 0;

    /// <summary>Hosts in all.</summary>
    public long HostCount => (long)Dcs * Podsets * Pods * Hosts;

    /// <summary>Pods in all.</summary>
    public long PodCount => (long)Dcs * Podsets * Pods;

    /// <summary>Switches in all.</summary>
    public long SwitchCount => PodCount + ((long)Dcs * Podsets * Leaves) + ((long)Dcs * Spines) + Borders;

    /// <summary>Links between switches.</summary>
    public long LinkCount => (PodCount * Leaves) + ((long)Dcs * Podsets * Leaves * Spines) + ((long)Dcs * Spines * Borders);

    /// <summary>What makes it impossible, as a sentence; null when nothing does.</summary>
    public string? Problem => this switch
    {
        _ when new[] { Dcs, Podsets, Pods, Leaves, Spines, Hosts }.Min() < 1 => "every count of a fabric is at least 1",
        { Hosts: > MaxHostsInPod } => $"{Hosts} hosts in a pod are more than its /24 has addresses for; {MaxHostsInPod} are the most",
        { HostCount: > MaxHosts } => $"{HostCount:N0} hosts are too many; {MaxHosts:N0} are the most",
        { PodCount: > MaxPods } => $"{PodCount:N0} pods are more than 10.0.0.0/8 has networks for; {MaxPods:N0} are the most",
        { LinkCount: > MaxLinks } => $"{LinkCount:N0} links between switches are more than 172.16.0.0/12 has addresses for; {MaxLinks:N0} are the most",
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() =>
        $"{HostCount} hosts: {Dcs} dc{S(Dcs)} x {Podsets} podset{S(Podsets)} x {Pods} pod{S(Pods)} x {Hosts} host{S(Hosts)}, {Leaves} leaves a podset, {Spines} spine{S(Spines)} a dc";

    private static string S(int count) => count == 1 ? "" : "s";
}
