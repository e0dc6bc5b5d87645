using System.Globalization;
using Pingmesh.Core;

namespace Pingmesh.Controller.MeshGraphs;

/// <summary>How the mesh is probed. Immutable; see <see cref="Validate"/>.</summary>
public sealed record MeshSettings
{
    /// <summary>Most <see cref="InterDcHosts"/>.</summary>
    public const int MaxInterDcHosts = 100;

    /// <summary>The defaults.</summary>
    public static MeshSettings Default { get; } = new();

    /// <summary>Time between two probes of one peer, <see cref="HardLimits.MinProbeInterval"/> to <see cref="HardLimits.MaxProbeInterval"/>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a probe waits, 1 ms to <see cref="HardLimits.MaxProbeTimeout"/> and less than the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>RTT from which a probe is kept as evidence for being slow, 1 us to 10 s (default: the paper's P99 threshold, section 4.3).</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The peers' port, 1 to 65535.</summary>
    public int Port { get; init; } = Ports.Responder;

    /// <summary>QoS as DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Most peers of one host, 1 to <see cref="HardLimits.MaxPeers"/> (paper, section 3.3.1: 2,000 to 5,000).</summary>
    public int MaxPeers { get; init; } = 5_000;

    /// <summary>Host pairs for each ordered pair of pods in different data centers, 1 to <see cref="MaxInterDcHosts"/>.</summary>
    public int InterDcHosts { get; init; } = 1;

    /// <summary>What is impossible about these settings, one sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Check(Interval >= HardLimits.MinProbeInterval && Interval <= HardLimits.MaxProbeInterval,
            $"The interval is {Seconds(Interval)}; use {Seconds(HardLimits.MinProbeInterval)} to {Seconds(HardLimits.MaxProbeInterval)}.");
        Check(Timeout >= TimeSpan.FromMilliseconds(1) && Timeout <= HardLimits.MaxProbeTimeout,
            $"The timeout is {Seconds(Timeout)}; use 0.001 s to {Seconds(HardLimits.MaxProbeTimeout)}.");
        Check(Timeout < Interval, $"The timeout, {Seconds(Timeout)}, is not shorter than the interval, {Seconds(Interval)}; shorten it.");
        Check(SlowThreshold >= TimeSpan.FromMicroseconds(1) && SlowThreshold <= TimeSpan.FromSeconds(10),
            $"The slow threshold is {Seconds(SlowThreshold)}; use 0.000001 s to 10 s.");
        Check(Port is >= 1 and <= 65535, $"The port is {Port}; use 1 to 65535.");
        Check(Dscp <= 63, $"The DSCP is {Dscp}; use 0 to 63.");
        Check(MaxPeers is >= 1 and <= HardLimits.MaxPeers, $"The most peers of a host are {MaxPeers}; use 1 to {HardLimits.MaxPeers}.");
        Check(InterDcHosts is >= 1 and <= MaxInterDcHosts,
            $"The host pairs between pods of different data centers are {InterDcHosts}; use 1 to {MaxInterDcHosts}.");
        return errors;

        void Check(bool holds, string error)
        {
            if (!holds) errors.Add(error);
        }
    }

    /// <summary>Refuses settings that <see cref="Validate"/> finds fault with.</summary>
    /// <exception cref="ArgumentException">There are errors; the message holds all of them.</exception>
    internal void ThrowIfInvalid()
    {
        var errors = Validate();
        if (errors.Count > 0) throw new ArgumentException(string.Join(' ', errors));
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)time.Ticks / TimeSpan.TicksPerSecond} s");
}
