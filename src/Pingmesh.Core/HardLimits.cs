namespace Pingmesh.Core;

/// <summary>
/// Limits that protect the probed network and the probing host. They are constants, not settings: no pinglist, file
/// or flag can go beyond them (paper, section 3.4.2).
/// </summary>
public static class HardLimits
{
    /// <summary>Shortest time between two probes of the same kind from one host to one peer.</summary>
    public static readonly TimeSpan MinProbeInterval = TimeSpan.FromSeconds(10);

    /// <summary>Longest interval a pinglist may ask for.</summary>
    public static readonly TimeSpan MaxProbeInterval = TimeSpan.FromHours(1);

    /// <summary>Longest time a probe may wait for its answer.</summary>
    public static readonly TimeSpan MaxProbeTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Most probes a second of one agent, over all kinds and peers.</summary>
    public const int MaxProbesPerSecond = 1_000;

    /// <summary>Most bytes a probe sends as payload.</summary>
    public const int MaxPayloadBytes = 65_536;

    /// <summary>Most peers on one pinglist.</summary>
    public const int MaxPeers = 10_000;
}
