using System.Net;
using Pingmesh.Core.Probes;

namespace Pingmesh.Probing.Trace;

/// <summary>What to trace: the flows from this host to one address and port, and how.</summary>
public sealed record TraceRequest
{
    /// <summary>Most flows of one trace.</summary>
    public const int MaxFlows = 128;

    /// <summary>Most hops looked at.</summary>
    public const int MaxMaxHops = 64;

    /// <summary>Most tries of a hop.</summary>
    public const int MaxTries = 10;

    /// <summary>Most packets a second, whatever is asked for.</summary>
    public const int MaxRate = 1_000;

    /// <summary>The host at the end of the path.</summary>
    public required IPAddress Target { get; init; }

    /// <summary>Its port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary><see cref="ProbeKind.Tcp"/> (SYNs) or <see cref="ProbeKind.Udp"/> (datagrams that a responder echoes).</summary>
    public ProbeKind Protocol { get; init; } = ProbeKind.Tcp;

    /// <summary>Source port of each flow, 0 for one of the kernel's choice; at most <see cref="MaxFlows"/>.</summary>
    public required IReadOnlyList<int> SourcePorts { get; init; }

    /// <summary>
    /// Whether a TCP flow may leave from a source port that a listener of this host has, as its responder: to trace the way of the
    /// answers to a probe. The listener takes no part; the kernel resets what the target answers.
    /// </summary>
    public bool FromListeners { get; init; }

    /// <summary>Source address; null leaves it to the kernel.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Hops to look at, 1 to <see cref="MaxMaxHops"/>.</summary>
    public int MaxHops { get; init; } = 30;

    /// <summary>Packets to each hop of each flow, 1 to <see cref="MaxTries"/>.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>How long the last answer is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Packets a second over all flows, 1 to <see cref="MaxRate"/>. Switches answer few expired packets a second.</summary>
    public int Rate { get; init; } = 250;

    /// <summary>DSCP, 0 to 63.</summary>
    public byte Dscp { get; init; }

    internal void Check()
    {
        if (Protocol is not (ProbeKind.Tcp or ProbeKind.Udp)) throw new ArgumentException("only tcp and udp paths are traced", nameof(Protocol));
        ArgumentOutOfRangeException.ThrowIfZero(SourcePorts.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SourcePorts.Count, MaxFlows);
        Check(Port, 1, ushort.MaxValue);
        Check(MaxHops, 1, MaxMaxHops);
        Check(Tries, 1, MaxTries);
        Check(Rate, 1, MaxRate);
        Check(Dscp, 0, 63);
    }

    private static void Check(int value, int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max);
    }
}
